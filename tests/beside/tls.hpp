// SPDX-License-Identifier: MIT
// What Asio's TLS reports, in either of its forms: the file that includes this says which one `net` is, its name NET,
// and the type of its codes.

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>

#include <sockerr/classify.hpp>

#include "../catch.hpp"

namespace {

using net::ip::tcp;
using sockerr::condition;

template <class T, void (*Free)(T*)>
struct freed_by {
  void operator()(T* p) const noexcept { Free(p); }
};
template <class T, void (*Free)(T*)>
using owned = std::unique_ptr<T, freed_by<T, Free>>;

// With SOCKERR_SHOW_CODES in the environment, what came and from whom.
void show(const char* what, const std::error_code& ec) {
  if (std::getenv("SOCKERR_SHOW_CODES") != nullptr)
    std::printf("%-48s %-22s %11d 0x%08X %s\n", what, ec.category().name(), ec.value(),
                static_cast<unsigned>(ec.value()), ec.message().c_str());
}

#define CHECK_CODE(what, ec, of, owner)                     \
  do {                                                      \
    const std::error_code code_ = ec;                       \
    CAPTURE(code_, code_.message());                        \
    show(what, code_);                                      \
    CHECK(code_.category().name() == std::string_view{of}); \
    CHECK(code_ == sockerr::condition::owner);              \
    CHECK(sockerr::classify(code_) == condition::owner);    \
  } while (false)

// A certificate for "localhost" that its own key signs.
struct self_signed {
  owned<EVP_PKEY, EVP_PKEY_free> key;
  owned<X509, X509_free> certificate{X509_new()};

  self_signed() {
    const owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> maker{EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nullptr)};
    EVP_PKEY* made = nullptr;
    REQUIRE(EVP_PKEY_keygen_init(maker.get()) == 1);
    REQUIRE(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker.get(), NID_X9_62_prime256v1) == 1);
    REQUIRE(EVP_PKEY_keygen(maker.get(), &made) == 1);
    key.reset(made);
    X509* const c = certificate.get();
    X509_set_version(c, 2);  // 3
    ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
    X509_gmtime_adj(X509_getm_notBefore(c), -3600);
    X509_gmtime_adj(X509_getm_notAfter(c), 3600);
    X509_set_pubkey(c, key.get());
    const std::string_view host = "localhost";
    std::array<unsigned char, 16> text{};
    std::memcpy(text.data(), host.data(), host.size());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC, text.data(), static_cast<int>(host.size()),
                               -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(c));
    REQUIRE(X509_sign(c, key.get(), EVP_sha256()) != 0);
  }
};

// Two connected sockets.
template <class Socket>
void join(net::io_context& context, Socket& client, Socket& server) {
  tcp::acceptor acceptor{context, {net::ip::address_v4::loopback(), 0}};
  client.connect(acceptor.local_endpoint());
  acceptor.accept(server);
}

// Both ends of a TLS connection in one thread. The server has a certificate that nobody knows; the client asks for none
// unless a test has it do so.
struct tls_connection {
  net::io_context context;
  net::ssl::context server_settings{net::ssl::context::tls_server};
  net::ssl::context client_settings{net::ssl::context::tls_client};
  std::unique_ptr<net::ssl::stream<tcp::socket>> server;
  std::unique_ptr<net::ssl::stream<tcp::socket>> client;

  tls_connection() {
    const self_signed own;
    REQUIRE(SSL_CTX_use_certificate(server_settings.native_handle(), own.certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(server_settings.native_handle(), own.key.get()) == 1);
  }

  // Runs what was started to its end.
  void run() {
    context.restart();
    context.run_for(std::chrono::seconds{30});
    REQUIRE(context.stopped());
  }

  // Connects with the settings as they are by now.
  void connect() {
    server = std::make_unique<net::ssl::stream<tcp::socket>>(context, server_settings);
    client = std::make_unique<net::ssl::stream<tcp::socket>>(context, client_settings);
    join(context, client->next_layer(), server->next_layer());
  }

  struct results {
    std::error_code server;
    std::error_code client;
  };
  // An end that has failed tells the other so, and is closed then.
  results handshake() {
    results r;
    const auto keep = [](std::error_code& to, net::ssl::stream<tcp::socket>& from) {
      return [&to, &from](const error_code& ec) {
        to = ec;
        error_code ignored;
        if (ec) from.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
      };
    };
    server->async_handshake(net::ssl::stream_base::server, keep(r.server, *server));
    client->async_handshake(net::ssl::stream_base::client, keep(r.client, *client));
    run();
    return r;
  }

  template <class Stream>
  std::error_code read(Stream& s) {
    std::array<char, 16> data{};
    std::error_code result;
    s.async_read_some(net::buffer(data), [&](const error_code& ec, std::size_t) { result = ec; });
    run();
    return result;
  }
};

}  // namespace

TEST_CASE("beside " NET ": TLS that ends without a farewell", "[beside]") {
  tls_connection c;
  c.connect();
  const auto done = c.handshake();
  REQUIRE_FALSE(done.server);
  REQUIRE_FALSE(done.client);
  c.server->next_layer().close();
  const std::error_code ec = c.read(*c.client);
  CHECK_CODE("truncated", ec, "asio.ssl.stream", end_of_stream);
  CHECK(ec == sockerr::condition::connection_error);
}

TEST_CASE("beside " NET ": TLS that ends in good order", "[beside]") {
  tls_connection c;
  c.connect();
  REQUIRE_FALSE(c.handshake().client);
  std::error_code end;
  std::array<char, 16> data{};
  c.server->async_shutdown([](const error_code&) {});
  c.client->async_read_some(net::buffer(data), [&](const error_code& ec, std::size_t) {
    end = ec;
    c.client->next_layer().close();
  });
  c.run();
  CHECK_CODE("close_notify", end, "asio.misc", end_of_stream);
}

TEST_CASE("beside " NET ": TLS, sending after one's own farewell", "[beside]") {
  tls_connection c;
  c.connect();
  REQUIRE_FALSE(c.handshake().client);
  error_code result;
  c.client->async_shutdown([](const error_code&) {});
  c.server->async_shutdown([](const error_code&) {});
  c.run();
  c.client->write_some(net::buffer("x", 1), result);
  CHECK_CODE("write after shutdown", result, "asio.ssl", broken_pipe);
}

TEST_CASE("beside " NET ": TLS and a certificate that is not trusted", "[beside]") {
  tls_connection c;
  c.client_settings.set_verify_mode(net::ssl::verify_peer);
  c.connect();
  const auto r = c.handshake();
  CHECK_CODE("client: verify failed", r.client, "asio.ssl", protocol_error);
  CHECK_CODE("server: alert unknown ca", r.server, "asio.ssl", protocol_error);
  CHECK(sockerr::advise(r.client, sockerr::operation::connect) == sockerr::retry_advice::never);
}

TEST_CASE("beside " NET ": TLS and a certificate that is missing", "[beside]") {
  tls_connection c;
  c.server_settings.set_verify_mode(net::ssl::verify_peer | net::ssl::verify_fail_if_no_peer_cert);
  c.connect();
  const auto r = c.handshake();
  CHECK_CODE("server: no certificate", r.server, "asio.ssl", protocol_error);
  // In TLS 1.3 the client hears of it when it reads.
  std::error_code ec = r.client;
  if (!ec) ec = c.read(*c.client);
  CHECK_CODE("client: alert certificate required", ec, "asio.ssl", protocol_error);
}

TEST_CASE("beside " NET ": TLS without a common version", "[beside]") {
  tls_connection c;
  REQUIRE(SSL_CTX_set_max_proto_version(c.client_settings.native_handle(), TLS1_2_VERSION) == 1);
  REQUIRE(SSL_CTX_set_min_proto_version(c.server_settings.native_handle(), TLS1_3_VERSION) == 1);
  c.connect();
  const auto r = c.handshake();
  CHECK_CODE("server: unsupported protocol", r.server, "asio.ssl", protocol_error);
  CHECK_CODE("client: alert protocol version", r.client, "asio.ssl", protocol_error);
}

TEST_CASE("beside " NET ": TLS without a common cipher", "[beside]") {
  tls_connection c;
  REQUIRE(SSL_CTX_set_max_proto_version(c.client_settings.native_handle(), TLS1_2_VERSION) == 1);
  REQUIRE(SSL_CTX_set_cipher_list(c.client_settings.native_handle(), "ECDHE-ECDSA-AES128-GCM-SHA256") == 1);
  REQUIRE(SSL_CTX_set_cipher_list(c.server_settings.native_handle(), "ECDHE-ECDSA-AES256-GCM-SHA384") == 1);
  c.connect();
  const auto r = c.handshake();
  CHECK_CODE("server: no shared cipher", r.server, "asio.ssl", protocol_error);
  CHECK_CODE("client: alert handshake failure", r.client, "asio.ssl", protocol_error);
}

TEST_CASE("beside " NET ": TLS with a peer that speaks plain text", "[beside]") {
  tls_connection c;
  c.connect();
  SECTION("the server") {
    net::write(c.server->next_layer(), net::buffer(std::string_view{"220 mail.example.org ESMTP ready\r\n"}));
    std::error_code ec;
    c.client->async_handshake(net::ssl::stream_base::client, [&](const error_code& e) { ec = e; });
    c.run();
    CHECK_CODE("client: wrong version number", ec, "asio.ssl", protocol_error);
  }
  SECTION("the client, HTTP") {
    net::write(c.client->next_layer(), net::buffer(std::string_view{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}));
    std::error_code ec;
    c.server->async_handshake(net::ssl::stream_base::server, [&](const error_code& e) { ec = e; });
    c.run();
    CHECK_CODE("server: http request", ec, "asio.ssl", protocol_error);
  }
  SECTION("the client, something else") {
    net::write(c.client->next_layer(), net::buffer(std::string_view{"EHLO localhost localhost localhost\r\n"}));
    std::error_code ec;
    c.server->async_handshake(net::ssl::stream_base::server, [&](const error_code& e) { ec = e; });
    c.run();
    CHECK_CODE("server: wrong version number", ec, "asio.ssl", protocol_error);
  }
}

TEST_CASE("beside " NET ": TLS with a peer that closes during the handshake", "[beside]") {
  tls_connection c;
  c.connect();
  std::array<char, 4096> hello{};
  std::error_code result;
  c.server->next_layer().async_read_some(net::buffer(hello),
                                         [&](const error_code&, std::size_t) { c.server->next_layer().close(); });
  c.client->async_handshake(net::ssl::stream_base::client, [&](const error_code& ec) { result = ec; });
  c.run();
  CHECK_CODE("closed during the handshake", result, "asio.ssl.stream", end_of_stream);
}

TEST_CASE("beside " NET ": what the system says of a file, packed by OpenSSL or not", "[beside]") {
  net::ssl::context settings{net::ssl::context::tls_client};
  error_code ec;
  settings.load_verify_file("no such folder/no such file", ec);
  const std::error_code code = ec;
  show("load_verify_file", code);
  CHECK(code == sockerr::condition::path_error);
  settings.use_certificate_chain_file("no such folder/no such file", ec);
  const std::error_code chain = ec;
  show("use_certificate_chain_file", chain);
  CHECK(chain == sockerr::condition::path_error);
}

TEST_CASE("beside " NET ": OpenSSL's own stream at its end", "[beside]") {
  // Where OpenSSL reads by itself, it says what Asio's streams call truncated.
  net::ssl::context settings{net::ssl::context::tls_client};
  const owned<SSL, SSL_free> session{SSL_new(settings.native_handle())};
  BIO* const at_end = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(at_end, 0);
  SSL_set_bio(session.get(), at_end, BIO_new(BIO_s_mem()));
  ERR_clear_error();
  REQUIRE(SSL_connect(session.get()) != 1);
  const auto number = static_cast<int>(ERR_get_error());
  if (number == 0) SOCKERR_SKIP("OpenSSL before 3 has no code for it");
  const error_code ec{number, net::error::get_ssl_category()};
  CHECK_CODE("unexpected eof while reading", ec, "asio.ssl", end_of_stream);
}

TEST_CASE("beside " NET ": codes of TLS that say nothing about a connection", "[beside]") {
  net::ssl::context settings{net::ssl::context::tls_client};
  error_code ec;
  settings.use_certificate(net::buffer("no certificate", 14), net::ssl::context::pem, ec);
  CHECK_CODE("use_certificate", ec, "asio.ssl", other);
  CHECK_CODE("unexpected_result", error_code{net::ssl::error::unexpected_result}, "asio.ssl.stream", other);
}
