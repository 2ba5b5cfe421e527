#include "daemon/service_runner.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "daemon/clock.hpp"
#include "daemon/dataset_keeper.hpp"
#include "daemon/history.hpp"
#include "daemon/status_view.hpp"

namespace redvip::daemon {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

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
      notifier_{machinery.children, machinery.log, site.service.notify, site.service.name},
      since_{utc_now()} {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Timer::count_); ++i) {
    timers_.emplace_back(machinery_.io);
  }
}

void ServiceRunner::start(const netlink::Snapshot& snapshot) {
  network_changed(snapshot);
  clean_leftovers();
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
                 [&](const action::SendAdvert& advert) { send_advert(advert.priority); },
                 [&](action::AddVips) { put_vips(true); },
                 [&](action::RefreshVips) { put_vips(false); },
                 [&](action::RemoveVips) { remove_vips(); },
                 [&](action::Announce) { announce(); },
                 [&](action::ResetClients) { reset_clients(); },
                 [&](action::Observe look) { redis_[look.node]->observe(); },
                 [&](action::Reconnect drop) { redis_[drop.node]->reconnect(); },
                 [&](const action::Send& command) { send(command); },
                 [&](action::MeasureLink link) { measure_link(link.master); },
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

void ServiceRunner::send_advert(Priority priority) {
  if (!vrrp_) return;
  const auto& service = site().service;
  const auto self = site().nodes[site().self].address;
  vrrp::Advertisement advertisement{service.vrid, priority, service.advert_interval, {}};
  for (const auto& vip : service.virtual_ips) advertisement.addresses.push_back(vip.address);
  const auto send_to = [&](Ipv4 destination) {
    const auto sent = vrrp_->send(vrrp::encode(advertisement, self, destination), destination);
    if (!sent) complain(sent.error());
  };
  if (!service.unicast) return send_to(vrrp::multicast_group);
  for (const auto peer : expectation().peers) send_to(peer);
}

vrrp::Expectation ServiceRunner::expectation() const {
  const auto& service = site().service;
  vrrp::Expectation expected{
      service.vrid,   {}, service.advert_interval, site().nodes[site().self].address, {},
      service.unicast};
  for (const auto& vip : service.virtual_ips) expected.addresses.push_back(vip.address);
  for (const auto node : service.nodes) {
    if (node != site().self) expected.peers.push_back(site().nodes[node].address);
  }
  return expected;
}

void ServiceRunner::packet(std::span<const std::uint8_t> bytes) {
  const auto outcome = vrrp::receive(bytes, expectation());
  counters_.count(outcome);
  if (!outcome) {
    // Other virtual routers on the link are normal; what is about ours is said once per reason.
    if (outcome.error() > vrrp::Reject::vrid) {
      complain(
          {"an advertisement for our VRID was dropped: " + std::string{vrrp::name(outcome.error())},
           site().service.interface});
    }
    return;
  }
  const auto from = site().node_at(outcome->source);
  if (!from) return;
  if (outcome->addresses_differ) {
    complain({site().name(*from) + " advertises other virtual_ips than configured here", ""});
  }
  deliver(event::AdvertHeard{*from, outcome->source, outcome->advertisement.priority,
                             outcome->advertisement.max_advert_interval});
}

void ServiceRunner::put_vips(bool report) {
  const auto lifetime = netlink::vip_lifetime(site().service.advert_interval);
  std::optional<Error> error;
  for (const auto& vip : site().service.virtual_ips) {
    const auto put = machinery_.addresses.put(interface_.index, vip, lifetime);
    if (!put && !error) error = put.error();
  }
  holding_vips_ = true;
  if (report) {
    deliver(event::VipsAdded{error});
  } else if (error) {
    complain(*error);
  }
}

void ServiceRunner::remove_vips() {
  holding_vips_ = false;
  for (const auto& vip : site().service.virtual_ips) {
    const auto removed = machinery_.addresses.remove(interface_.index, vip);
    if (!removed) complain(removed.error());
  }
}

void ServiceRunner::announce() {
  if (!arp_) return;
  for (int i = 0; i < site().service.garp.repeat; ++i) {
    for (const auto& vip : site().service.virtual_ips) {
      const auto sent = arp_->announce(interface_.mac, vip.address);
      if (!sent) return complain(sent.error());
    }
  }
}

void ServiceRunner::reset_clients() {
  for (const auto& clients : site().client_endpoints()) {
    const auto reset = machinery_.sockets.destroy(clients);
    if (!reset) complain(reset.error());
  }
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

void ServiceRunner::measure_link(Endpoint master) {
  const auto unread = machinery_.sockets.unread(master);
  if (!unread) return complain(unread.error());
  deliver(event::LinkMeasured{*unread});
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
    last_complaint_.clear();
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

void ServiceRunner::network_changed(const netlink::Snapshot& snapshot) {
  const auto* seen = snapshot.by_name(site().service.interface);
  const auto self = site().nodes[site().self].address;
  const bool addressed =
      seen && std::any_of(seen->addresses.begin(), seen->addresses.end(),
                          [&](const Ipv4Prefix& address) { return address.address == self; });
  const bool was_up = interface_.up;
  const bool recreated = seen && seen->index != interface_.index;
  interface_ = seen ? *seen : netlink::Interface{};
  interface_.up = interface_.up && addressed;
  if (recreated || !seen) {
    vrrp_.reset();
    arp_.reset();
  }
  if (interface_.up && (!vrrp_ || !arp_)) open_sockets(interface_);
  if (interface_.up && !was_up && vrrp_) {
    const auto joined = vrrp_->rejoin();
    if (!joined) complain(joined.error());
  }
  deliver(event::InterfaceChanged{site().service.interface, interface_.up});
  for (const auto& track : site().service.tracks) {
    const auto* tracked = snapshot.by_name(track.interface);
    deliver(event::InterfaceChanged{track.interface, tracked && tracked->up});
  }
  const bool complete =
      std::all_of(site().service.virtual_ips.begin(), site().service.virtual_ips.end(),
                  [&](const Ipv4Prefix& vip) {
                    return std::find(interface_.addresses.begin(), interface_.addresses.end(),
                                     vip) != interface_.addresses.end();
                  });
  if (holding_vips_ && !complete) deliver(event::VipsMissing{});
}

void ServiceRunner::open_sockets(const netlink::Interface& interface) {
  auto socket = vrrp::Socket::open(
      machinery_.io,
      {interface.name, interface.index, site().nodes[site().self].address, site().service.unicast},
      [this](std::span<const std::uint8_t> bytes) { packet(bytes); });
  if (!socket) return complain(socket.error());
  vrrp_ = std::move(*socket);
  auto arp = netlink::ArpSocket::open(
      machinery_.io, interface,
      [this](const netlink::ArpAnnouncement& heard) {
        const auto& vips = site().service.virtual_ips;
        if (std::any_of(vips.begin(), vips.end(),
                        [&](const Ipv4Prefix& vip) { return vip.address == heard.sender_ip; })) {
          deliver(event::AddressClaimed{});
        }
      },
      [this](const Error& error) { complain(error); });
  if (!arp) return complain(arp.error());
  arp_.emplace(std::move(*arp));
}

// A predecessor that was killed has left its VIP; it would expire by itself, but only when nobody
// answers for it any more do neighbours ask again.
void ServiceRunner::clean_leftovers() {
  const auto ours = machinery_.addresses.ours(interface_.index);
  if (!ours) return complain(ours.error());
  for (const auto& vip : site().service.virtual_ips) {
    if (std::find(ours->begin(), ours->end(), vip) == ours->end()) continue;
    machinery_.log.info(site().service.name + ": removing " + vip.text() +
                        ", left by an earlier redvip");
    reset_clients();
    const auto removed = machinery_.addresses.remove(interface_.index, vip);
    if (!removed) complain(removed.error());
  }
}

void ServiceRunner::release_addresses() {
  if (!holding_vips_) return;
  reset_clients();
  remove_vips();
}

void ServiceRunner::write_file(std::function<Result<void>()> job) {
  boost::asio::post(machinery_.disk, [this, job = std::move(job)] {
    const auto written = job();
    if (written) return;
    boost::asio::post(machinery_.io, [this, error = written.error()] { complain(error); });
  });
}

// The same trouble every 100 ms is one line, not a flood.
void ServiceRunner::complain(const Error& error) {
  if (error.text() == last_complaint_) return;
  last_complaint_ = error.text();
  machinery_.log.warning(site().service.name + ": " + error.text());
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
