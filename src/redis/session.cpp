#include "redis/session.hpp"

#include <fcntl.h>
#include <hiredis/async.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "redis/asio_adapter.hpp"
#include "redis/reply_guard.hpp"

namespace redvip::redis {
namespace {

// hiredis has set TCP_NODELAY. Programs that the daemon starts must not inherit the socket.
void prepare_socket(int socket, Micros unacknowledged) {
  const auto millis = static_cast<unsigned>(std::chrono::ceil<Millis>(unacknowledged).count());
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &millis, sizeof millis);
}

Session::Failure connect_failure(int error_number, std::string text) {
  return {error_number == ECONNREFUSED ? Loss::refused : Loss::unreachable, std::move(text)};
}

Session::Failure not_let_in(const TlsProblem& problem) {
  return {Loss::protocol, problem.text(), Refusal::authentication};
}

Session::Failure loss_of(const redisAsyncContext& context, const ssl_st* tls) {
  const auto problem = tls != nullptr ? tls_problem(*tls) : plain_problem(context.errstr);
  if (problem) return not_let_in(*problem);
  if (context.err == REDIS_ERR_OOM) return {Loss::protocol, "a reply that nothing asked for"};
  return {context.err == REDIS_ERR_PROTOCOL ? Loss::protocol : Loss::closed, context.errstr};
}

// The handshake begins with the first command. hiredis owns what is returned, until its context
// ends; nullptr: no TLS is wanted.
tl::expected<const ssl_st*, Session::Failure> secure(redisAsyncContext& context, IpAddress server,
                                                     const std::shared_ptr<Tls>& tls) {
  if (!tls) return nullptr;
  auto connection = tls->connect(server);
  if (!connection) {
    return tl::unexpected(
        Session::Failure{Loss::unreachable, connection.error().text(), Refusal::authentication});
  }
  const auto* raw = connection->get();
  errno = 0;
  if (start_tls(context.c, *connection)) return raw;
  return tl::unexpected(connect_failure(errno, context.c.errstr));
}

}  // namespace

tl::expected<std::unique_ptr<Session>, Session::Failure> Session::open(
    boost::asio::io_context& io, Endpoint at, std::optional<IpAddress> source,
    Micros unacknowledged, const std::shared_ptr<Tls>& tls, Events events) {
  const auto host = at.address.text();
  const auto from = source.value_or(IpAddress{}).text();
  errno = 0;
  auto* context = redisAsyncConnectBind(host.c_str(), at.port, source ? from.c_str() : nullptr);
  const int error_number = errno;
  if (context == nullptr) return tl::unexpected(connect_failure(ENOMEM, "out of memory"));
  if (context->err != 0) {
    auto failure = connect_failure(error_number, context->errstr);
    redisAsyncFree(context);
    return tl::unexpected(std::move(failure));
  }
  prepare_socket(context->c.fd, unacknowledged);
  const auto secured = secure(*context, at.address, tls);
  if (!secured) {
    redisAsyncFree(context);
    return tl::unexpected(secured.error());
  }
  guard_replies(context);
  attach(io, context);
  return std::unique_ptr<Session>{new Session{context, *secured, std::move(events)}};
}

Session::Session(redisAsyncContext* context, const ssl_st* tls, Events events)
    : context_{context}, tls_{tls}, events_{std::move(events)} {
  context_->data = this;
  redisAsyncSetConnectCallback(context_, on_connect);
  redisAsyncSetDisconnectCallback(context_, on_disconnect);
}

Session::~Session() {
  // Inside a reply callback hiredis defers the freeing; its callbacks then find no Session.
  if (auto* context = std::exchange(context_, nullptr)) {
    context->data = nullptr;
    redisAsyncFree(context);
  }
  abandon_unanswered();
}

// After an error hiredis frees the context itself. 0.14.1 allows nobody else to do so in here.
void Session::on_connect(const redisAsyncContext* context, int status) {
  const int error_number = errno;
  auto& self = *static_cast<Session*>(context->data);
  if (status == REDIS_OK) return self.events_.established();
  self.end(connect_failure(error_number, context->errstr));
}

void Session::on_disconnect(const redisAsyncContext* context, int) {
  if (auto* self = static_cast<Session*>(context->data)) self->end(loss_of(*context, self->tls_));
}

// Without a reply the context is about to go, and on_disconnect tells why.
void Session::on_reply(redisAsyncContext* context, void* reply, void*) {
  auto* self = static_cast<Session*>(context->data);
  if (self == nullptr || reply == nullptr) return;
  const auto answered = std::move(self->unanswered_.front());
  self->unanswered_.pop_front();
  give_back_buffer(*context);
  answered(static_cast<const redisReply*>(reply));
}

void Session::end(Failure failure) {
  std::exchange(context_, nullptr)->data = nullptr;
  abandon_unanswered();
  const auto lost = std::move(events_.lost);  // outlives the Session
  lost(std::move(failure));
}

void Session::abandon_unanswered() {
  for (const auto& answered : std::exchange(unanswered_, {})) answered(nullptr);
}

void Session::submit(const Words& words, Answered answered) {
  std::vector<const char*> arguments;
  std::vector<std::size_t> lengths;
  for (const auto& word : words) {
    arguments.push_back(word.data());
    lengths.push_back(word.size());
  }
  unanswered_.push_back(std::move(answered));
  // Refused only by a context that is on its way out, which answers for everything.
  redisAsyncCommandArgv(context_, on_reply, nullptr, static_cast<int>(words.size()),
                        arguments.data(), lengths.data());
}

bool Session::established() const {
  return context_ != nullptr && (context_->c.flags & REDIS_CONNECTED) != 0;
}

bool Session::handshake_over() const {
  return tls_ == nullptr || (context_ != nullptr && tls_established(*tls_));
}

std::uint16_t Session::local_port() const {
  sockaddr_in local{};
  socklen_t size = sizeof local;
  if (!established()) return 0;
  if (::getsockname(context_->c.fd, reinterpret_cast<sockaddr*>(&local), &size) != 0) return 0;
  return ntohs(local.sin_port);
}

}  // namespace redvip::redis
