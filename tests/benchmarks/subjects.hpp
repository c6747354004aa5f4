// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_BENCHMARKS_SUBJECTS_HPP
#define SOCKERR_TESTS_BENCHMARKS_SUBJECTS_HPP

#if __has_include(<asio.hpp>)
#define SOCKERR_BENCHMARK_ASIO
#endif
#if __has_include(<boost/system/error_code.hpp>)
#define SOCKERR_BENCHMARK_BOOST
#endif

// What is measured: this library, the raw floor and the peers, where they are installed. The benchmark takes the time
// of these functions, the cost tests count their instructions and system calls: the same object code, out of line, so
// that what one of them finds is true of the other.
namespace subjects {

using subject = void (*)();

// Each asks one question about every code of a mix, in an order that a branch predictor cannot learn.
constexpr int codes_asked = 4096;
void no_question();
void number_is();
void std_errc();
void condition_own();
void condition_system();
void condition_generic();
void group_own();
void group_system();
void switch_of_classify();
void chain_of_errc();
#if defined(SOCKERR_BENCHMARK_BOOST)
void boost_errc();
#endif
#if defined(SOCKERR_BENCHMARK_ASIO)
void asio_errc();
void condition_asio();
void group_asio();
#endif

// Makes an error, of a code and a peer, as a value.
void make_error();

// Each throws and catches once.
void throw_typed();
void throw_typed_caught_by_root();
void throw_typed_bare();
void throw_std_composed();
void throw_std_bare();

// Each sends a byte through a pair of connected Unix-domain sockets, and receives it.
void transfer_raw();
void transfer();
void transfer_with_deadline();
#if defined(SOCKERR_BENCHMARK_ASIO)
void transfer_asio();
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
void transfer_poco();
#endif

// Each opens a socket, connects it to a listener on the loopback interface, and closes both ends.
void connect_raw();
void connect();
void connect_raw_with_timeout();
void connect_with_deadline();
#if defined(SOCKERR_BENCHMARK_ASIO)
void connect_asio();
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
void connect_poco_with_timeout();
#endif

// Each opens a socket, is refused, and closes it.
void refused_raw();
void refused_code();
void refused_thrown();
#if defined(SOCKERR_BENCHMARK_ASIO)
void refused_asio_code();
void refused_asio_thrown();
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
void refused_poco_thrown();
#endif

}  // namespace subjects

#endif
