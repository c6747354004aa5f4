// SPDX-License-Identifier: MIT
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>

#include <string>

#define NET "Boost.Asio with OpenSSL"
namespace net = boost::asio;
using boost::system::error_code;

#include "tls.hpp"

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

// A server that is a plain socket and a client that is Beast's.
struct beast_connection {
  net::io_context context;
  tcp::socket server{context};
  beast::tcp_stream client{context};

  beast_connection() { join(context, client.socket(), server); }

  void say(std::string_view text) { net::write(server, net::buffer(text)); }

  void run() {
    context.restart();
    context.run_for(std::chrono::seconds{30});
    REQUIRE(context.stopped());
  }

  // What Beast makes of a text that the server sends as a response.
  template <class Prepare>
  std::error_code response(std::string_view text, Prepare prepare) {
    say(text);
    server.shutdown(tcp::socket::shutdown_send);
    http::response_parser<http::string_body> parser;
    prepare(parser);
    beast::flat_buffer buffer;
    error_code ec;
    http::read(client, buffer, parser, ec);
    return ec;
  }
  std::error_code response(std::string_view text) {
    return response(text, [](auto&) {});
  }
};

// Both ends of a WebSocket connection in one thread.
struct websocket_connection {
  net::io_context context;
  websocket::stream<tcp::socket> server{context};
  websocket::stream<tcp::socket> client{context};

  websocket_connection() { join(context, client.next_layer(), server.next_layer()); }

  void run() {
    context.restart();
    context.run_for(std::chrono::seconds{30});
    REQUIRE(context.stopped());
  }

  void handshake() {
    error_code accepted;
    error_code connected;
    server.async_accept([&](const error_code& ec) { accepted = ec; });
    client.async_handshake("localhost", "/", [&](const error_code& ec) { connected = ec; });
    run();
    REQUIRE_FALSE(accepted);
    REQUIRE_FALSE(connected);
  }

  // Reads at both ends, so that what one asks the other answers.
  std::error_code read() {
    error_code result;
    error_code ignored;
    beast::flat_buffer received;
    beast::flat_buffer received_by_server;
    server.async_read(received_by_server, [&](const error_code& ec, std::size_t) { ignored = ec; });
    client.async_read(received, [&](const error_code& ec, std::size_t) {
      result = ec;
      error_code closing;
      client.next_layer().close(closing);
    });
    run();
    return result;
  }
};

}  // namespace

TEST_CASE("beside Beast: a time-out of its stream", "[beside]") {
  beast_connection c;
  std::array<char, 16> data{};
  error_code result;
  c.client.expires_after(std::chrono::milliseconds{1});
  c.client.async_read_some(net::buffer(data), [&](const error_code& ec, std::size_t) { result = ec; });
  c.run();
  CHECK_CODE("beast::error::timeout", result, "boost.beast", timed_out);
  CHECK(result == beast::error::timeout);
}

TEST_CASE("beside Beast: the end of the stream between two messages", "[beside]") {
  beast_connection c;
  const std::error_code ec = c.response("");
  CHECK_CODE("http end_of_stream", ec, "beast.http", end_of_stream);
  CHECK(ec == sockerr::condition::connection_error);
}

TEST_CASE("beside Beast: the end of the stream in a message", "[beside]") {
  {
    beast_connection c;
    CHECK_CODE("http partial_message, header", c.response("HTTP/1.1 200 OK\r\nContent-Le"), "beast.http",
               end_of_stream);
  }
  beast_connection c;
  CHECK_CODE("http partial_message, body", c.response("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
             "beast.http", end_of_stream);
}

TEST_CASE("beside Beast: what is no HTTP", "[beside]") {
  for (const std::string_view text :
       {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 O\x01K\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;=\r\nx\r\n"}) {
    CAPTURE(text);
    beast_connection c;
    CHECK_CODE("no HTTP", c.response(text), "beast.http", protocol_error);
  }
}

TEST_CASE("beside Beast: more than was to be accepted", "[beside]") {
  constexpr std::string_view text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
  {
    // Beast of Boost 1.74 does not look at the limit where there is a Content-Length.
    constexpr std::string_view chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    beast_connection c;
    CHECK_CODE("http body_limit", c.response(chunked, [](auto& parser) { parser.body_limit(2); }), "beast.http",
               message_size);
  }
  {
    beast_connection c;
    CHECK_CODE("http header_limit", c.response(text, [](auto& parser) { parser.header_limit(8); }), "beast.http",
               message_size);
  }
  beast_connection c;
  c.say(text);
  http::response<http::string_body> response;
  beast::flat_static_buffer<16> buffer;
  error_code ec;
  http::read(c.client, buffer, response, ec);
  CHECK_CODE("http buffer_overflow", ec, "beast.http", message_size);
}

TEST_CASE("beside Beast: the rows have the numbers of its HTTP errors", "[beside]") {
  using http::error;
  for (const error e :
       {error::bad_line_ending, error::bad_method, error::bad_target, error::bad_version, error::bad_status,
        error::bad_reason, error::bad_field, error::bad_value, error::bad_content_length, error::bad_transfer_encoding,
        error::bad_chunk, error::bad_chunk_extension}) {
    const std::error_code ec = make_error_code(e);
    CAPTURE(ec.message());
    CHECK(ec == sockerr::condition::protocol_error);
  }
  // Progress, the program's own doing, and numbers that changed their meaning in Boost 1.81.
  for (const error e : {error::need_more, error::unexpected_body, error::need_buffer, error::end_of_chunk,
                        error::stale_parser, error::short_read}) {
    const std::error_code ec = make_error_code(e);
    CAPTURE(ec.message());
    CHECK(ec == sockerr::condition::other);
  }
  const std::error_code no_memory = make_error_code(error::bad_alloc);
  CHECK(no_memory == sockerr::condition::no_buffer_space);
}

TEST_CASE("beside Beast: the rows have the numbers of its WebSocket errors", "[beside]") {
  using websocket::error;
  for (const error e : {error::partial_deflate_block,
                        error::bad_http_version,
                        error::bad_method,
                        error::no_host,
                        error::no_connection,
                        error::no_connection_upgrade,
                        error::no_upgrade,
                        error::no_upgrade_websocket,
                        error::no_sec_key,
                        error::bad_sec_key,
                        error::no_sec_version,
                        error::bad_sec_version,
                        error::no_sec_accept,
                        error::bad_sec_accept,
                        error::upgrade_declined,
                        error::bad_opcode,
                        error::bad_data_frame,
                        error::bad_continuation,
                        error::bad_reserved_bits,
                        error::bad_control_fragment,
                        error::bad_control_size,
                        error::bad_unmasked_frame,
                        error::bad_masked_frame,
                        error::bad_size,
                        error::bad_frame_payload,
                        error::bad_close_code,
                        error::bad_close_size,
                        error::bad_close_payload}) {
    const std::error_code ec = make_error_code(e);
    CAPTURE(ec.message());
    CHECK(ec == sockerr::condition::protocol_error);
  }
  for (const error e : {error::buffer_overflow, error::message_too_big}) {
    const std::error_code ec = make_error_code(e);
    CAPTURE(ec.message());
    CHECK(ec == sockerr::condition::message_size);
  }
}

TEST_CASE("beside Beast: a condition of Beast is no code of the same number", "[beside]") {
  // Its conditions have a category of the same name as its codes: 1 is handshake_failed here and closed there.
  struct mapped : std::error_category {
    const char* name() const noexcept override { return "mapped to Beast's condition"; }
    std::string message(int) const override { return "handshake failed"; }
    std::error_condition default_error_condition(int) const noexcept override {
      return make_error_condition(websocket::condition::handshake_failed);
    }
  };
  static const mapped category;
  const std::error_code ec{7, category};
  CHECK(ec.default_error_condition().category().name() == std::string_view{"boost.beast.websocket"});
  CHECK(ec == sockerr::condition::other);
}

TEST_CASE("beside Beast: a WebSocket that the peer closes", "[beside]") {
  websocket_connection c;
  c.handshake();
  std::error_code result;
  beast::flat_buffer received;
  c.server.async_close(websocket::close_code::going_away, [](const error_code&) {});
  c.client.async_read(received, [&](const error_code& ec, std::size_t) { result = ec; });
  c.run();
  CHECK_CODE("websocket closed", result, "boost.beast.websocket", end_of_stream);
}

TEST_CASE("beside Beast: a WebSocket whose peer ends without a word", "[beside]") {
  websocket_connection c;
  c.handshake();
  c.server.next_layer().close();
  std::error_code result;
  beast::flat_buffer received;
  c.client.async_read(received, [&](const error_code& ec, std::size_t) { result = ec; });
  c.run();
  CHECK_CODE("websocket without a close frame", result, "asio.misc", end_of_stream);
}

TEST_CASE("beside Beast: a WebSocket message that is too big", "[beside]") {
  websocket_connection c;
  c.handshake();
  c.client.read_message_max(4);
  c.server.write(net::buffer("too big", 7));
  CHECK_CODE("websocket message_too_big", c.read(), "boost.beast.websocket", message_size);
}

TEST_CASE("beside Beast: a WebSocket peer that breaks the rules", "[beside]") {
  websocket_connection c;
  c.handshake();
  net::write(c.server.next_layer(), net::buffer("\x83\0", 2));
  CHECK_CODE("websocket bad_opcode", c.read(), "boost.beast.websocket", protocol_error);
}

TEST_CASE("beside Beast: a WebSocket handshake that the server declines", "[beside]") {
  websocket_connection c;
  net::write(c.server.next_layer(),
             net::buffer(std::string_view{"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"}));
  error_code ec;
  c.client.handshake("localhost", "/", ec);
  CHECK_CODE("websocket upgrade_declined", ec, "boost.beast.websocket", protocol_error);
}

TEST_CASE("beside Beast: a WebSocket handshake with a peer that speaks HTTP only", "[beside]") {
  websocket_connection c;
  net::write(c.client.next_layer(), net::buffer(std::string_view{"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}));
  error_code ec;
  c.server.accept(ec);
  CHECK_CODE("websocket no_connection", ec, "boost.beast.websocket", protocol_error);
}
