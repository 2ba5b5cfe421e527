#include "daemon/service_runner.hpp"

#include <boost/asio/post.hpp>

#include "core/overload.hpp"
#include "daemon/clock.hpp"
#include "daemon/dataset_keeper.hpp"
#include "daemon/history.hpp"
#include "daemon/status_view.hpp"

namespace redvip::daemon {
namespace {

HistoryRecord to_history(const Site& site, const Transition& transition) {
  HistoryRecord record{
      utc_now(),           site.name(site.self), site.service.name, name(transition.from),
      name(transition.to), transition.cause,     transition.inputs, {}};
  for (const auto& [phase, took] : transition.phases) {
    record.phases_ms.emplace_back(phase, static_cast<double>(took.count()) / 1000.0);
  }
  return record;
}

}  // namespace

ServiceRunner::ServiceRunner(const Machinery& machinery, Site site, Callbacks callbacks)
    : machinery_{machinery},
      callbacks_{std::move(callbacks)},
      node_{site, load_memory(machinery.state_dir + '/' + site.service.name + ".memory.json")},
      lan_{machinery.io, machinery.kernel, machinery.log, node_.service().site(),
           [this](const Event& event) { deliver(event); }},
      notifier_{machinery.children, machinery.log, site.service.notify, site.service.name},
      since_{utc_now()} {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Timer::count_); ++i) {
    timers_.emplace_back(machinery_.io);
  }
}

void ServiceRunner::start(const netlink::Snapshot& snapshot) {
  lan_.changed(snapshot);
  lan_.clean_leftovers();
  connect_redis();
  deliver(event::Start{});
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
  std::visit(Overload{
                 [&](const action::Arm& timer) { arm(timer); },
                 [&](const action::SendAdvert& advert) { lan_.send_advert(advert.priority); },
                 [&](action::AddVips) { lan_.put_vips(true); },
                 [&](action::RefreshVips) { lan_.put_vips(false); },
                 [&](action::RemoveVips) { lan_.remove_vips(); },
                 [&](action::Announce) { lan_.announce(); },
                 [&](action::ResetClients) { lan_.reset_clients(); },
                 [&](action::Observe look) { redis_[look.node]->observe(); },
                 [&](action::Reconnect drop) { redis_[drop.node]->reconnect(); },
                 [&](const action::Send& command) { send(command); },
                 [&](action::MeasureLink link) { lan_.measure_link(link.master); },
                 [&](action::KeepDataset) { keep_dataset(); },
                 [&](const action::Record& news) { record(news.transition); },
                 [&](const action::Remember& news) {
                   write_file([path = memory_path(), memory = news.memory] {
                     return save_memory(path, memory);
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

void ServiceRunner::keep_dataset() {
  const auto& redis = site().service.redis;
  keep_rdb_file({redis.address.value_or(site().redis(site().self).address), redis.port}, redis,
                machinery_.state_dir + "/diverged", site().service.name + '-' + utc_now() + ".rdb",
                machinery_.children,
                [this](Result<std::string> path) { deliver(event::DatasetKept{std::move(path)}); });
}

void ServiceRunner::record(const Transition& transition) {
  const auto entry = to_history(site(), transition);
  if (transition.from != transition.to) {
    since_ = entry.time;
    lan_.forget_complaint();
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
    limit.expires_after(Millis{300});
    limit.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) callbacks_.finished();
    });
  }
  if (commands_under_way_ == 0) {
    boost::asio::post(machinery_.io, [finished = callbacks_.finished] { finished(); });
  }
}

void ServiceRunner::connect_redis() {
  const auto& redis = site().service.redis;
  for (NodeIndex node = 0; node < site().nodes.size(); ++node) {
    auto at = site().redis(node);
    if (node == site().self) at.address = redis.address.value_or(at.address);
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
  boost::asio::post(machinery_.disk, [this, job = std::move(job)] {
    const auto written = job();
    if (written) return;
    boost::asio::post(machinery_.io, [this, error = written.error()] { lan_.complain(error); });
  });
}

ServiceStatus ServiceRunner::status() const {
  auto status = status_of(node_.service(), now());
  status.since = since_;
  return status;
}

std::string ServiceRunner::memory_path() const {
  return machinery_.state_dir + '/' + site().service.name + ".memory.json";
}

}  // namespace redvip::daemon
