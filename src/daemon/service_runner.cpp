#include "daemon/service_runner.hpp"

#include <boost/asio/post.hpp>
#include <filesystem>

#include "core/overload.hpp"
#include "daemon/clock.hpp"

namespace redvip::daemon {
namespace {

// A line of the log or of the history takes as long as a Redis that answers: clients wait for that.
bool only_tells(const Action& action) {
  return std::holds_alternative<action::Record>(action) ||
         std::holds_alternative<action::Note>(action) ||
         std::holds_alternative<action::Remember>(action);
}

}  // namespace

ServiceRunner::ServiceRunner(const Machinery& machinery, Site site, ServiceTally& tally,
                             Callbacks callbacks)
    : machinery_{machinery},
      tally_{tally},
      callbacks_{std::move(callbacks)},
      journal_path_{machinery.state_dir + '/' + site.service.name + ".journal.json"},
      journal_owner_{journal_owner(site.service.name, site.name(site.self),
                                   site.nodes[site.self].address.text())},
      node_{site, journal_at_start()},
      lan_{machinery.kernel,
           machinery.log,
           node_.service().site(),
           tally,
           [this](const Event& event) { deliver(event); },
           [this] { return node_.service().priority(); }},
      notifier_{machinery.io, machinery.children, machinery.log, node_.service().site()},
      since_{utc_now()} {
  constexpr auto kinds = static_cast<std::size_t>(Timer::count_);
  timers_.reserve(kinds);
  for (std::size_t i = 0; i < kinds; ++i) {
    timers_.emplace_back(machinery_.io);
  }
}

void ServiceRunner::start(const netlink::Snapshot& snapshot) {
  lan_.changed(snapshot);
  leftovers_ = lan_.has_leftovers();
  if (!leftovers_) lan_.clean_leftovers();
  connect_redis();
  start_trackers();
  deliver(event::Start{});
}

void ServiceRunner::start_trackers() {
  trackers_.emplace(machinery_.io, machinery_.children, site().service.name, site().service.tracks,
                    [this](std::size_t track, bool up, const std::string& why) {
                      const auto& name = site().service.tracks[track].name;
                      machinery_.log.info(site().service.name + ": " + name +
                                          (up ? " is well" : " fails: " + why));
                      deliver(event::TrackChanged{track, up, why});
                    });
}

void ServiceRunner::reconfigure(ServiceConfig service) {
  const auto before = site().service;
  if (service == before) return;
  const bool retrack = service.tracks != before.tracks;
  if (retrack) trackers_.reset();  // it counts by the old list
  deliver(event::Reconfigured{std::move(service)});
  const auto& after = site().service;
  lan_.reconfigured(before);
  if (retrack) start_trackers();
  const auto& was = before.redis;
  const auto& is = after.redis;
  if (was.port != is.port || was.address != is.address || was.username != is.username ||
      was.password != is.password || was.tls != is.tls) {
    connect_redis();
  }
  machinery_.log.info(after.name + ": changed configuration applied");
  callbacks_.changed();
}

GroupMember ServiceRunner::as_group_member() const {
  const auto& service = node_.service();
  return {site().service.name, site().service.group, service.state(), service.blocked_by_group()};
}

// Carrying out actions can itself produce events (an address that was added); they wait their turn.
void ServiceRunner::deliver(const Event& event) {
  if (left_) return;
  if (leftovers_) settle_leftovers(event);
  events_.push_back(event);
  if (delivering_) return;
  delivering_ = true;
  while (!events_.empty()) {
    const auto next = std::move(events_.front());
    events_.pop_front();
    const auto actions = node_.handle(now(), next);
    for (const bool telling : {false, true}) {
      for (const auto& action : actions) {
        if (only_tells(action) == telling && !node_.lapsed(now(), action)) carry_out(action);
      }
    }
  }
  delivering_ = false;
  tally_.two_owners(now(), node_.service().rival_heard(now()));
}

void ServiceRunner::carry_out(const Action& action) {
  if (leftovers_) settle_leftovers(action);
  std::visit(
      Overload{
          [&](const action::Arm& timer) { arm(timer); },
          [&](const action::SendAdvert& advert) { lan_.send_advert(advert.priority); },
          [&](action::AddVips) {
            notifier_.hold_address(true);
            lan_.put_vips(true);
          },
          [&](action::RefreshVips) { lan_.put_vips(false); },
          [&](action::RemoveVips) {
            lan_.remove_vips();
            notifier_.hold_address(false);
          },
          [&](action::ProbeVips) { lan_.probe(); },
          [&](action::Announce) { lan_.announce(); },
          [&](action::FindClients) { lan_.find_clients(); },
          [&](action::ResetClients) { lan_.reset_clients(); },
          [&](action::RefuseClients) { lan_.refuse_clients(); },
          [&](action::AdmitClients) { lan_.admit_clients(); },
          [&](action::Observe look) { redis_[look.node]->observe(); },
          [&](action::Reconnect drop) { redis_[drop.node]->reconnect(); },
          [&](const action::Send& command) { send(command); },
          [&](action::MeasureLink link) { lan_.measure_link(link.master); },
          [&](const action::ReadTail& wanted) { read_tail(wanted); },
          [&](const action::KeepDataset& wanted) { keep_dataset(wanted); },
          [&](const action::GuardLink& link) { lan_.guard_link(link.master); },
          [&](action::UnguardLink) { lan_.unguard_link(); },
          [&](const action::Record& news) { record(news.transition); },
          [&](const action::Remember& news) {
            write_file([path = journal_path_, owner = journal_owner_, journal = news.journal] {
              return save_journal(path, owner, journal);
            });
          },
          [&](const action::Note& news) {
            machinery_.log.write(news.warning ? LogLevel::warning : LogLevel::info,
                                 site().service.name + ": " + news.text);
          },
          [&](action::Exit) { finish(); },
      },
      action);
}

void ServiceRunner::arm(const action::Arm& wanted) {
  auto& timer = timers_[static_cast<std::size_t>(wanted.timer)];
  timer.expires_after(wanted.after);
  // One that has expired already still comes when this is destroyed before.
  timer.async_wait([this, weak = std::weak_ptr{alive_}, due = now() + wanted.after,
                    fired = event::TimerFired{wanted.timer, wanted.generation}](
                       const boost::system::error_code& cancelled) {
    if (cancelled || weak.expired()) return;
    machinery_.loop.fired(due, now());
    deliver(fired);
  });
}

void ServiceRunner::send(const action::Send& wanted) {
  ++commands_under_way_;
  redis_[wanted.node]->send(wanted.command, [this, wanted](const Result<void>& result) {
    --commands_under_way_;
    deliver(event::CommandDone{wanted.node, wanted.command,
                               result ? std::nullopt : std::optional{result.error()}});
    if (exiting_) finish();
  });
}

Endpoint ServiceRunner::local_redis() const {
  const auto& redis = site().service.redis;
  return {redis.address.value_or(site().redis(site().self).address), redis.port};
}

// Commands that are under way (an UNPAUSE, say) are waited for, but not for long.
void ServiceRunner::finish() {
  if (!exiting_) {
    exiting_ = true;
    auto& limit = timers_[static_cast<std::size_t>(Timer::deadline)];
    limit.expires_after(reading_tail_ ? Millis{5000} : Millis{300});
    limit.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) tell_finished();
    });
  }
  if (commands_under_way_ == 0) tell_finished();
}

// The operator's programs have the last word, when the address is certainly gone.
void ServiceRunner::tell_finished() {
  if (std::exchange(told_finished_, true)) return;
  lan_.release_addresses();
  notifier_.hold_address(false);
  notifier_.stop(node_.service().priority(),
                 [this] { boost::asio::post(machinery_.io, callbacks_.finished); });
}

void ServiceRunner::connect_redis() {
  const auto& redis = site().service.redis;
  peers_.reset();
  redis_.clear();
  tls_ = redis.tls.on ? std::make_shared<redis::Tls>(redis.tls) : nullptr;
  for (NodeIndex node = 0; node < site().nodes.size(); ++node) {
    const auto at = node == site().self ? local_redis() : site().redis(node);
    redis::ConnectionConfig config{
        at, std::nullopt, redis.username, redis.password, Seconds{1}, Millis{50}, tls_};
    redis::Handlers handlers{[this, node](Observation seen) {
                               deliver(event::RedisObserved{node, std::move(seen)});
                             },
                             [this, node](Refusal refusal, std::string text) {
                               if (text != node_.service().facts().redis(node).problem) {
                                 machinery_.log.warning(site().service.name + ": the Redis of " +
                                                        site().name(node) + " says: " + text);
                               }
                               deliver(event::RedisRefused{node, refusal, std::move(text)});
                             },
                             [this, node](Loss loss, std::string text) {
                               deliver(event::RedisLost{node, loss, std::move(text)});
                             },
                             [this, node] { deliver(event::RedisConnected{node}); }};
    redis_.push_back(
        std::make_unique<redis::Connection>(machinery_.io, std::move(config), std::move(handlers)));
    redis_.back()->start();
  }
  peers_.emplace(machinery_.io, site(), *redis_[site().self], [this](const Event& event) {
    tell_presence();
    deliver(event);
  });
}

// To the other nodes, in the name of the connection to their Redis.
void ServiceRunner::tell_presence() {
  const auto& service = node_.service();
  const auto name = redis::to_client_name(
      {site().service.name,
       site().name(site().self),
       {service.state(), service.priority(), service.paused(), service.reason()}});
  for (const auto& connection : redis_) connection->set_name(name);
}

void ServiceRunner::write_file(std::function<Result<void>()> job) {
  boost::asio::post(machinery_.disk, [this, job = std::move(job), weak = std::weak_ptr{alive_},
                                      &io = machinery_.io] {
    const auto written = job();
    if (written) return;
    boost::asio::post(io, [this, weak, error = written.error()] {
      if (!weak.expired()) lan_.complain(error);
    });
  });
}

// One that cannot be believed is put aside, and this node begins without.
std::optional<Journal> ServiceRunner::journal_at_start() const {
  auto journal = load_journal(journal_path_, journal_owner_);
  if (journal) return *journal;
  machinery_.log.error(journal.error().text() + "; put aside as " + journal_path_ + ".disbelieved");
  std::error_code ignored;
  std::filesystem::rename(journal_path_, journal_path_ + ".disbelieved", ignored);
  return std::nullopt;
}

}  // namespace redvip::daemon
