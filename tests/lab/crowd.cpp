#include "lab/crowd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <poll.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <memory>

namespace redvip::lab {
namespace {

constexpr std::chrono::milliseconds connect_timeout{50};
constexpr std::chrono::milliseconds last_answers{3000};

// Most are small, as in life; one in a thousand has 100 kB.
std::size_t value_size(std::uint64_t n) {
  constexpr std::array<std::size_t, 9> small{1, 2, 5, 10, 20, 50, 100, 200, 500};
  if (n % 1000 == 0) return 100'000;
  if (n % 100 == 0) return 10'000;
  if (n % 20 == 0) return 1'000;
  return small[n % small.size()];
}

void append_word(std::string& command, const std::string& word) {
  command += fmt::format("${}\r\n{}\r\n", word.size(), word);
}

std::string set_command(const std::string& key, std::uint64_t n) {
  std::string command = "*3\r\n$3\r\nSET\r\n";
  append_word(command, key);
  append_word(command, std::string(value_size(n), 'v'));
  return command;
}

}  // namespace

// One connection; when it breaks it is made anew at once.
class Crowd::Client {
 public:
  Client(Crowd& crowd, std::size_t number)
      : crowd_{crowd},
        prefix_{fmt::format("c{}:", number)},
        // Spread over the span between two bursts, so that some are always under way.
        next_burst_{Clock::now() + crowd.size_.between * number / crowd.size_.connections} {}
  ~Client() { disconnect(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void tick(bool may_begin);
  void ready(short events);
  [[nodiscard]] pollfd wanted() const {
    const bool writes = connecting_ || !unsent_.empty();
    return {socket_, static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN), 0};
  }
  [[nodiscard]] bool idle() const { return waiting_.empty(); }

 private:
  void connect();
  void disconnect();
  void broken(Trouble trouble);
  void send_some();
  void receive_some();
  void take_replies();

  Crowd& crowd_;
  const std::string prefix_;
  Clock::time_point next_burst_;
  Clock::time_point connected_by_{};
  std::uint64_t next_ = 0;
  int socket_ = -1;
  bool connecting_ = false;
  std::string unsent_{};
  std::deque<std::string> waiting_{};  // keys without an answer, oldest first
  std::unique_ptr<redisReader, decltype(&::redisReaderFree)> reader_{nullptr, &::redisReaderFree};
};

void Crowd::Client::tick(bool may_begin) {
  const auto now = Clock::now();
  if (connecting_ && now > connected_by_) broken(Trouble::unreachable);
  if (!may_begin) return;
  if (socket_ < 0) connect();
  if (socket_ < 0 || connecting_ || !waiting_.empty() || now < next_burst_) return;
  next_burst_ = std::max(next_burst_, now - crowd_.size_.between) + crowd_.size_.between;
  for (std::size_t i = 0; i < crowd_.size_.pipelined; ++i) {
    const std::uint64_t n = next_++;
    waiting_.push_back(prefix_ + std::to_string(n));
    unsent_ += set_command(waiting_.back(), n);
  }
  send_some();
}

void Crowd::Client::ready(short events) {
  if (socket_ < 0 || events == 0) return;
  if (connecting_) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      return broken(error == ECONNREFUSED ? Trouble::refused : Trouble::unreachable);
    }
    connecting_ = false;
  }
  if ((events & POLLOUT) != 0) send_some();
  if (socket_ >= 0 && (events & ~POLLOUT) != 0) receive_some();
}

void Crowd::Client::connect() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(6379);
  to.sin_addr.s_addr = ::inet_addr(crowd_.address_.c_str());
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw system_error("socket");
  reader_.reset(::redisReaderCreate());
  connecting_ = true;
  connected_by_ = Clock::now() + connect_timeout;
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  if (::connect(socket_, address, sizeof to) != 0 && errno != EINPROGRESS) {
    broken(Trouble::unreachable);
  }
}

void Crowd::Client::disconnect() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  connecting_ = false;
  unsent_.clear();
}

void Crowd::Client::broken(Trouble trouble) {
  disconnect();
  const std::lock_guard lock{crowd_.mutex_};
  crowd_.troubles_.push_back(trouble);
  crowd_.unanswered_ += waiting_.size();
  waiting_.clear();
}

void Crowd::Client::send_some() {
  while (!unsent_.empty()) {
    const auto sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN) broken(Trouble::reset);
      return;
    }
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
}

void Crowd::Client::receive_some() {
  std::array<char, 16384> buffer;
  const auto received = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received <= 0) return broken(Trouble::reset);
  ::redisReaderFeed(reader_.get(), buffer.data(), static_cast<std::size_t>(received));
  take_replies();
}

void Crowd::Client::take_replies() {
  void* raw = nullptr;
  while (::redisReaderGetReply(reader_.get(), &raw) == REDIS_OK && raw != nullptr) {
    const Reply reply{static_cast<redisReply*>(raw), &::freeReplyObject};
    if (waiting_.empty()) return broken(Trouble::other);
    if (reply->type == REDIS_REPLY_ERROR) {
      const std::string text{reply->str, reply->len};
      return broken(text.rfind("READONLY", 0) == 0 ? Trouble::readonly : Trouble::other);
    }
    const std::lock_guard lock{crowd_.mutex_};
    crowd_.acknowledged_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

Crowd::Crowd(const Host& from, std::string address, CrowdSize size)
    : from_{from}, address_{std::move(address)}, size_{size}, thread_{[this] { work(); }} {}

Crowd::~Crowd() {
  stop();
}

void Crowd::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Crowd::work() {
  const Inside here{from_.net};
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < size_.connections; ++i) {
    clients.push_back(std::make_unique<Client>(*this, i));
  }
  std::vector<pollfd> sockets(clients.size());
  const auto idle = [](const auto& client) { return client->idle(); };
  auto give_up = Clock::time_point::max();
  while (Clock::now() < give_up) {
    if (stopping_) {
      if (std::all_of(clients.begin(), clients.end(), idle)) return;
      give_up = std::min(give_up, Clock::now() + last_answers);
    }
    for (auto& client : clients) client->tick(!stopping_);
    std::transform(clients.begin(), clients.end(), sockets.begin(),
                   [](const auto& client) { return client->wanted(); });
    ::poll(sockets.data(), sockets.size(), 1);
    for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->ready(sockets[i].revents);
  }
}

std::size_t Crowd::acknowledged() const {
  const std::lock_guard lock{mutex_};
  return acknowledged_.size();
}

std::vector<std::string> Crowd::acknowledged_keys() const {
  const std::lock_guard lock{mutex_};
  return acknowledged_;
}

std::size_t Crowd::unanswered() const {
  const std::lock_guard lock{mutex_};
  return unanswered_;
}

std::size_t Crowd::bytes(const std::vector<std::string>& keys) {
  std::size_t sum = 0;
  for (const std::string& key : keys) {
    sum += set_command(key, std::stoull(key.substr(key.find(':') + 1))).size();
  }
  return sum;
}

std::size_t Crowd::count(Trouble trouble) const {
  const std::lock_guard lock{mutex_};
  return static_cast<std::size_t>(std::count(troubles_.begin(), troubles_.end(), trouble));
}

}  // namespace redvip::lab
