#include "daemon/service_runner.hpp"

#include <boost/asio/post.hpp>
#include <filesystem>

#include "core/overload.hpp"
#include "daemon/clock.hpp"
#include "daemon/history.hpp"
#include "daemon/status_view.hpp"

namespace redvip::daemon {
namespace {

HistoryRecord to_history(const Site& site, const Transition& transition) {
  const auto& toll = transition.toll;
  HistoryRecord record{
      utc_now(),           site.name(site.self), site.service.name, name(transition.from),
      name(transition.to), transition.cause,     transition.inputs, {},
      toll.at_most_lost,   toll.diverged,        toll.saved_in};
  for (const auto& [phase, took] : transition.phases) {
    record.phases_ms.emplace_back(phase, static_cast<double>(took.count()) / 1000.0);
  }
  return record;
}

std::map<std::string, std::int64_t> by_name(const vrrp::Counters& counters) {
  std::map<std::string, std::int64_t> result;
  const auto add = [&](const std::string& what, std::uint64_t times) {
    if (times > 0) result[what] = static_cast<std::int64_t>(times);
  };
  for (std::size_t reason = 0; reason < vrrp::reject_count; ++reason) {
    add(std::string{vrrp::name(static_cast<vrrp::Reject>(reason))}, counters.rejected[reason]);
  }
  add("accepted", counters.accepted);
  add("accepted-message-only-checksum", counters.message_only_checksum);
  add("accepted-addresses-differ", counters.addresses_differ);
  add("accepted-interval-differs", counters.interval_differs);
  add("accepted-first-not-link-local", counters.first_not_link_local);
  add("accepted-unsigned", counters.is_unsigned);
  add("accepted-duplicate-owner", counters.duplicate_owner);
  add("accepted-priority-zero", counters.priority_zero);
  return result;
}

}  // namespace

ServiceRunner::ServiceRunner(const Machinery& machinery, Site site, Callbacks callbacks)
    : machinery_{machinery},
      callbacks_{std::move(callbacks)},
      journal_path_{machinery.state_dir + '/' + site.service.name + ".journal.json"},
      journal_owner_{journal_owner(site.service.name, site.name(site.self),
                                   site.nodes[site.self].address.text())},
      node_{site, journal_at_start()},
      lan_{machinery.io,
           machinery.kernel,
           machinery.log,
           node_.service().site(),
           [this](const Event& event) { deliver(event); },
           [this] { return node_.service().priority(); }},
      notifier_{machinery.io, machinery.children, machinery.log, node_.service().site()},
      since_{utc_now()} {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Timer::count_); ++i) {
    timers_.emplace_back(machinery_.io);
  }
}

void ServiceRunner::start(const netlink::Snapshot& snapshot) {
  lan_.changed(snapshot);
  lan_.clean_leftovers();
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
      was.password != is.password) {
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
  events_.push_back(event);
  if (delivering_) return;
  delivering_ = true;
  while (!events_.empty()) {
    const auto next = std::move(events_.front());
    events_.pop_front();
    for (const auto& action : node_.handle(now(), next)) carry_out(action);
  }
  delivering_ = false;
}

void ServiceRunner::carry_out(const Action& action) {
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
  timer.async_wait([this, fired = event::TimerFired{wanted.timer, wanted.generation}](
                       const boost::system::error_code& cancelled) {
    if (!cancelled) deliver(fired);
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

void ServiceRunner::record(const Transition& transition) {
  const auto entry = to_history(site(), transition);
  if (transition.from != transition.to) {
    since_ = entry.time;
    lan_.forget_complaints();
    std::string text = entry.service + ": " + entry.from + " -> " + entry.to + ": " + entry.cause;
    for (const auto& [phase, took] : entry.phases_ms) {
      text += (phase == entry.phases_ms.front().first ? " [" : ", ") + phase + ' ' +
              std::to_string(took).substr(0, std::to_string(took).find('.') + 2) + " ms";
    }
    if (!entry.phases_ms.empty()) text += "]";
    machinery_.log.info(text);
  }
  write_file([path = machinery_.state_dir + "/history.jsonl", line = to_json_line(entry)] {
    return append_line(path, line);
  });
  notifier_.transition(transition, node_.service().priority());
  callbacks_.changed();
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
  redis_.clear();
  for (NodeIndex node = 0; node < site().nodes.size(); ++node) {
    const auto at = node == site().self ? local_redis() : site().redis(node);
    redis::ConnectionConfig config{at,         std::nullopt, redis.username, redis.password,
                                   Seconds{1}, Millis{50}};
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

ServiceStatus ServiceRunner::status() const {
  auto status = status_of(node_.service(), now());
  status.since = since_;
  status.adverts = by_name(lan_.counters());
  return status;
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
