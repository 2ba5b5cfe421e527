#include "daemon/notifier.hpp"

#include <iterator>
#include <utility>

namespace redvip::daemon {
namespace {

// What is older than this many changes is no longer worth telling.
constexpr std::size_t most_waiting = 10;
// A process that waits for a dead disk does not even end when it is killed.
constexpr Millis patience_with_the_killed{500};

// nullopt: no news for them.
std::optional<Notifier::News> news_of(State state) {
  switch (state) {
    case State::serving:
      return Notifier::News::master;
    case State::standby:
    case State::holding:
      return Notifier::News::backup;
    case State::fault:
      return Notifier::News::fault;
    case State::starting:
    case State::promoting:
    case State::handing_over:
      return std::nullopt;
  }
  return std::nullopt;
}

// As keepalived writes it.
std::string word_for(Notifier::News news) {
  const char* words[] = {"MASTER", "BACKUP", "FAULT", "STOP"};
  return words[static_cast<int>(news)];
}

const std::vector<std::string>& program_for(Notifier::News news, const NotifyConfig& config) {
  const std::vector<std::string>* programs[] = {&config.master, &config.backup, &config.fault,
                                                &config.stop};
  return *programs[static_cast<int>(news)];
}

}  // namespace

Notifier::Notifier(boost::asio::io_context& io, Children& children, const Log& log,
                   const Site& site)
    : children_{children}, log_{log}, site_{site}, limit_{io} {}

void Notifier::transition(const Transition& transition, Priority priority) {
  if (transition.from == transition.to) return;
  if (transition.peer) peer_ = transition.peer;
  state_ = name(transition.to);
  const auto news = news_of(transition.to);
  if (!news || news == told_) return;
  tell({*news, {}, environment(state_, name(transition.from), transition.cause)}, priority);
}

void Notifier::stop(Priority priority, std::function<void()> done) {
  done_ = std::move(done);
  tell({News::stop, {}, environment("stopped", state_, "redvip does not manage it any more")},
       priority);
  if (waiting_.empty()) return finish();
  limit_.expires_after(site_.service.notify.timeout);
  limit_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) give_up();
  });
}

Children::Environment Notifier::environment(const std::string& state, const std::string& previous,
                                            const std::string& cause) const {
  const auto* peer = peer_ ? &site_.nodes[*peer_] : nullptr;
  return {{"REDVIP_SERVICE", site_.service.name},
          {"REDVIP_NODE", site_.name(site_.self)},
          {"REDVIP_STATE", state},
          {"REDVIP_PREVIOUS", previous},
          {"REDVIP_CAUSE", cause},
          {"REDVIP_PEER", peer ? peer->name : ""},
          {"REDVIP_PEER_ADDRESS", peer ? peer->address.text() : ""}};
}

// As keepalived: first the program for this state, then the one for all, with four arguments more.
void Notifier::tell(Notice notice, Priority priority) {
  const auto& config = site_.service.notify;
  told_ = notice.news;
  if (const auto& own = program_for(notice.news, config); !own.empty()) {
    notice.programs.push_back(own);
  }
  if (auto all = config.all; !all.empty()) {
    all.insert(all.end(), {"INSTANCE", site_.service.name, word_for(notice.news),
                           std::to_string(priority.value())});
    notice.programs.push_back(std::move(all));
  }
  if (notice.programs.empty()) return;
  make_room();
  waiting_.push_back(std::move(notice));
  next();
}

// The latest is what counts: it is never the one that is left out.
void Notifier::make_room() {
  if (waiting_.size() < most_waiting) return;
  const auto oldest = std::next(waiting_.begin(), running_ ? 1 : 0);
  complain(*oldest, oldest->programs.front().front() +
                        " is not run for it: earlier ones take too long, and " +
                        std::to_string(waiting_.size()) + " changes wait");
  waiting_.erase(oldest);
}

void Notifier::hold_address(bool held) {
  address_held_ = held;
  if (!held) next();
}

void Notifier::next() {
  if (running_ || waiting_.empty()) return;
  auto& notice = waiting_.front();
  if (address_held_ && notice.news != News::master) return;
  running_ = true;
  auto program = std::move(notice.programs.front());
  notice.programs.pop_front();
  pid_ = children_.start(std::move(program), notice.environment, site_.service.notify.timeout,
                         [this, weak = std::weak_ptr{alive_}](const Result<void>& result) {
                           if (!weak.expired()) ended(result);
                         });
}

void Notifier::ended(const Result<void>& result) {
  running_ = false;
  if (!result) complain(waiting_.front(), result.error().text());
  if (waiting_.front().programs.empty()) waiting_.pop_front();
  next();
  if (waiting_.empty() && done_) finish();
}

// What runs is given no more time, and what waits none at all.
void Notifier::give_up() {
  for (auto& notice : waiting_) {
    for (const auto& program : notice.programs) {
      complain(notice, program.front() + " is not run for it: redvip waits no longer");
    }
    notice.programs.clear();
  }
  if (!running_) return finish();
  waiting_.erase(std::next(waiting_.begin()), waiting_.end());
  children_.kill(pid_);
  limit_.expires_after(patience_with_the_killed);
  limit_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) finish();
  });
}

void Notifier::finish() {
  limit_.cancel();
  if (done_) std::exchange(done_, {})();
}

void Notifier::complain(const Notice& notice, const std::string& what) const {
  log_.warning(site_.service.name + ": notify " + word_for(notice.news) + ": " + what);
}

}  // namespace redvip::daemon
