#include "sim/client_model.hpp"

#include "sim/world.hpp"

namespace redvip::sim {

void Client::start() {
  next(Millis{10});
}

void Client::next(Micros delay) {
  world_.schedule.after(delay, [this, attempt = ++attempt_] {
    if (attempt == attempt_) act();
  });
}

void Client::act() {
  if (next_key_ + 1 >= most_keys) return;
  if (!arp_ || (silent_since_ && world_.now() - *silent_since_ >= Seconds{1})) resolve();
  if (!arp_) return next(Millis{100});
  if (!connected_to_) return connect();
  write();
}

// Who has the VIP? Whoever has it answers, and the first answer counts.
void Client::resolve() {
  silent_since_ = world_.now();
  const auto client = world_.client_host();
  const auto first = world_.chance.below(world_.hosts.size());
  for (std::size_t i = 0; i < world_.hosts.size(); ++i) {
    const auto node = (first + i) % world_.hosts.size();
    const bool heard = world_.lan.passes(client, node) && world_.lan.passes(node, client);
    if (heard && world_.hosts[node]->kernel.has_vip(world_.now())) {
      arp_ = node;
      return;
    }
  }
}

void Client::reliably(NodeIndex from, NodeIndex to, Task arrive, int tries) {
  const bool through = world_.lan.delivers(from, to);
  const auto delay = through ? world_.lan.delay(from, to) : Lan::retransmission;
  if (!through && tries == 0) return;
  world_.schedule.after(delay, [this, from, to, arrive = std::move(arrive), through, tries] {
    if (through) return arrive();
    reliably(from, to, arrive, tries - 1);
  });
}

void Client::connect() {
  const auto node = *arp_;
  const auto attempt = ++attempt_;
  const auto socket = ++socket_;
  reliably(world_.client_host(), node, [this, node, socket, attempt] {
    auto& host = *world_.hosts[node];
    if (!host.kernel.has_vip(world_.now())) return;  // nobody answers
    const bool accepted = host.redis.alive() && !host.kernel.refusing;
    if (accepted) host.kernel.clients.insert(socket);
    reliably(node, world_.client_host(), [this, node, accepted, attempt] {
      if (attempt != attempt_) return;
      if (accepted) connected_to_ = node;
      silent_since_.reset();
      next(accepted ? Micros{100} : Micros{Millis{50}});
    });
  });
  expire(attempt);
}

void Client::expire(std::uint64_t attempt) {
  if (!silent_since_) silent_since_ = world_.now();
  world_.schedule.after(Seconds{1}, [this, attempt] {
    if (attempt != attempt_) return;
    disconnected();
  });
}

void Client::disconnected() {
  connected_to_.reset();
  next(Millis{2});
}

void Client::write() {
  // The address may have moved under an established connection: the new host resets it.
  const auto node = *arp_;
  const auto attempt = ++attempt_;
  const auto key = next_key_++;
  reliably(world_.client_host(), node, [this, node, socket = socket_, key, attempt] {
    auto& host = *world_.hosts[node];
    if (!host.kernel.has_vip(world_.now())) return;
    if (host.kernel.clients.count(socket) == 0) {
      return reliably(node, world_.client_host(), [this, attempt] {
        if (attempt == attempt_) disconnected();
      });
    }
    host.redis.when_free(
        [this, node, socket, key, attempt] { execute(node, socket, key, attempt); });
  });
  expire(attempt);
}

void Client::execute(NodeIndex node, Socket socket, Key key, std::uint64_t attempt) {
  auto& host = *world_.hosts[node];
  if (host.kernel.clients.count(socket) == 0) return;  // closed while it waited
  host.redis.write(key, [this, node, socket, key, attempt](bool ok) {
    auto& here = *world_.hosts[node];
    // An answer needs the connection, and the address that it comes from.
    if (here.kernel.clients.count(socket) == 0 || !here.kernel.has_vip(world_.now())) return;
    if (ok) world_.invariants.write_executed(node);
    reliably(node, world_.client_host(),
             [this, node, key, ok, attempt] { answered(node, key, ok, attempt); });
  });
}

void Client::answered(NodeIndex node, Key key, bool ok, std::uint64_t attempt) {
  if (attempt != attempt_) return;  // given up on: nobody was told
  if (ok) {
    world_.ledger.acknowledged(key, world_.copies());
    last_acknowledged_ = world_.now();
    acknowledged_by_ = node;
    silent_since_.reset();
  }
  // Mostly idle, sometimes busy, so that streams and receive queues fill.
  if (burst_ > 0) --burst_;
  if (next_key_ < most_keys / 2 && world_.chance.one_in(50)) burst_ = 60;
  next(burst_ > 0 ? Micros{200} : world_.chance.between(Millis{10}, Millis{60}));
}

void Client::reset(NodeIndex node) {
  auto& kernel = world_.hosts[node]->kernel;
  const auto sockets = std::exchange(kernel.clients, {});
  world_.hosts[node]->redis.drop_clients();
  if (sockets.count(socket_) == 0 || connected_to_ != node || arp_ != node) return;
  if (!kernel.has_vip(world_.now())) return;  // from an address that is gone nothing can be sent
  reliably(node, world_.client_host(), [this, attempt = attempt_] {
    if (attempt == attempt_) disconnected();
  });
}

}  // namespace redvip::sim
