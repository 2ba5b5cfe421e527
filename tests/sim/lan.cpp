#include "sim/lan.hpp"

#include <utility>

namespace redvip::sim {

Lan::Lan(Schedule& schedule, Chance& chance, std::size_t hosts)
    : schedule_{schedule},
      chance_{chance},
      hosts_{hosts},
      carrier_(hosts, true),
      blocked_(hosts * hosts, false),
      guarded_(hosts * hosts, false),
      healthy_since_{schedule.now()} {}

bool Lan::passes(NodeIndex from, NodeIndex to) const {
  if (from == to) return true;
  return carrier_[from] && carrier_[to] && !blocked_[from * hosts_ + to];
}

void Lan::set_carrier(NodeIndex host, bool up) {
  carrier_[host] = up;
  judge();
}

void Lan::block(NodeIndex from, NodeIndex to, bool blocked) {
  blocked_[from * hosts_ + to] = blocked;
  judge();
}

void Lan::cut(NodeIndex host, bool away) {
  for (NodeIndex other = 0; other < hosts_; ++other) {
    if (other == host) continue;
    block(host, other, away);
    block(other, host, away);
  }
}

void Lan::set_quality(Quality quality) {
  quality_ = quality;
  judge();
}

void Lan::heal() {
  carrier_.assign(hosts_, true);
  blocked_.assign(hosts_ * hosts_, false);
  quality_.loss = quality_.duplication = 0;
  judge();
}

void Lan::judge() {
  bool healthy = quality_.loss == 0;
  for (const bool up : carrier_) healthy = healthy && up;
  for (const bool blocked : blocked_) healthy = healthy && !blocked;
  if (!healthy) {
    healthy_since_.reset();
  } else if (!healthy_since_) {
    healthy_since_ = schedule_.now();
  }
}

std::optional<Instant> Lan::healthy_since() const {
  return healthy_since_;
}

Micros Lan::delay(NodeIndex from, NodeIndex to) {
  if (from == to) return chance_.between(Micros{15}, Micros{60});
  return chance_.between(Micros{50}, quality_.slowest);
}

bool Lan::delivers(NodeIndex from, NodeIndex to) {
  return passes(from, to) && (from == to || !chance_.percent(quality_.loss));
}

void Lan::datagram(NodeIndex from, NodeIndex to, Task arrive) {
  if (!delivers(from, to)) return;
  if (chance_.percent(quality_.duplication)) schedule_.after(delay(from, to), arrive);
  schedule_.after(delay(from, to), std::move(arrive));
}

Lan::~Lan() {
  for (const auto& held : flights_) {
    if (const auto flight = held.lock()) std::exchange(flight->segments, {}).clear();
  }
}

Stream::Stream(Lan& lan, NodeIndex from, NodeIndex to, Direction direction,
               std::optional<Micros> give_up)
    : lan_{&lan},
      flight_{
          std::make_shared<Lan::Flight>(Lan::Flight{from, to, direction == to_redis, give_up})} {
  lan.flights_.push_back(flight_);
}

void Stream::send(Task arrive) {
  auto& flight = *flight_;
  if (flight.dead) return;
  auto& schedule = lan_->schedule();
  const auto due = std::max(flight.last_due, schedule.now() + lan_->delay(flight.from, flight.to));
  flight.last_due = due;
  flight.segments.push_back({schedule.now(), due, std::move(arrive)});
  if (flight.segments.size() > 1) return;  // it is being pumped
  schedule.at(due, [lan = lan_, held = flight_] { pump(*lan, held); });
}

void Stream::cut() {
  flight_->dead = true;
  std::exchange(flight_->segments, {}).clear();
}

void Stream::pump(Lan& lan, const std::shared_ptr<Lan::Flight>& flight) {
  auto& schedule = lan.schedule();
  while (!flight->segments.empty() && flight->segments.front().due <= schedule.now()) {
    auto& first = flight->segments.front();
    const bool held_back = flight->to_redis && lan.guarded(flight->from, flight->to);
    if (held_back || !lan.delivers(flight->from, flight->to)) {
      if (flight->give_up && schedule.now() - first.sent >= *flight->give_up) {
        flight->dead = true;
        return flight->segments.clear();
      }
      first.due = schedule.now() + Lan::retransmission;
      break;
    }
    // Taken out only after it has run: a send() from within must not start a second pump.
    const auto arrive = std::move(first.arrive);
    arrive();
    if (flight->dead) return;
    flight->segments.pop_front();
  }
  if (flight->segments.empty()) return;
  schedule.at(flight->segments.front().due, [&lan, held = flight] { pump(lan, held); });
}

}  // namespace redvip::sim
