// The replication stream between two modelled Redis, byte by byte where it matters: what survives
// the death of a master, and what an acknowledgement sent to it destroys (redis.md section 4.1).
#include "sim/redis_model.hpp"
#include "sim/world.hpp"

namespace redvip::sim {

using Phase = Link::Phase;

// The process hands over to its kernel what fits.
void Redis::flush(const Held& link) {
  if (link->closed || !link->sending) return;
  while (!link->unsent.empty() && link->queued_bytes < world_.options.socket_bytes) {
    link->queued_bytes += link->unsent.front().bytes;
    link->queued.push_back(link->unsent.front());
    link->unsent.pop_front();
  }
  transmit(link);
}

// And the kernel to the wire what the replica has room for.
void Redis::transmit(const Held& link) {
  while (!link->queued.empty() && link->under_way_bytes < world_.options.socket_bytes) {
    const auto piece = link->queued.front();
    link->queued.pop_front();
    link->queued_bytes -= piece.bytes;
    link->under_way_bytes += piece.bytes;
    link->down.send(
        [this, link, piece] { world_.hosts[link->replica]->redis.received(link, piece); });
  }
  if (!link->queued.empty() || !std::exchange(link->ended, false)) return;
  link->down.send([this, link] { world_.hosts[link->replica]->redis.finish(link, false); });
}

// A socket that is closed with something unread in it is not ended but reset.
void Redis::hang_up(const Held& link) {
  link->orphaned_at = world_.now();
  if (link->unheard > 0) return drop_queue(link);
  link->ended = true;
  transmit(link);
}

void Redis::drop_queue(const Held& link) {
  const auto lost = keys_of(std::exchange(link->queued, {}));
  link->queued_bytes = 0;
  link->ended = false;
  world_.invariants.queue_dropped(*link, lost);
  world_.ledger.died_with_process(world_.copies(), lost);
  link->down.send([this, link] { world_.hosts[link->replica]->redis.finish(link, true); });
}

void Redis::received(const Held& link, const Piece& piece) {
  if (link_ != link) return;
  if (piece.key) world_.ledger.revived(Dataset{}.set(*piece.key));
  link->unread.push_back(piece);
  if (link->unread.size() > 1) return;
  later(world_.chance.between(Micros{20}, Micros{200}), [this, link] { apply(link); });
}

// The end of the stream: behind everything that the master's kernel still had, or a reset.
void Redis::finish(const Held& link, bool reset) {
  if (link_ != link) return;
  link->eof = true;
  link->reset = reset;
  later(world_.chance.between(Micros{20}, Micros{200}), [this, link] { apply(link); });
}

// Room for more: the acknowledgement of TCP itself, which no packet filter of ours holds back.
void Redis::read_one(const Held& link) {
  link->under_way_bytes -= link->unread.front().bytes;
  link->unread.pop_front();
  if (link->queued.empty() && link->unsent.empty()) return;
  if (!world_.lan.passes(self_, link->master)) return;
  world_.schedule.after(world_.lan.delay(self_, link->master), [link, &world = world_] {
    auto& there = world.hosts[link->master]->redis;
    there.transmit(link);
    if (!link->unsent.empty()) there.when_free([&there, link] { there.flush(link); });
  });
}

void Redis::apply(const Held& link) {
  if (link_ != link || link->phase == Phase::loading) return;
  if (paused()) return;  // a pause of writes holds back its master's, too
  if (link->phase == Phase::connected) {
    // Slow commands are read one by one, so that a receive queue can be seen to grow and shrink.
    const bool slow = world_.chance.percent(world_.options.slow_apply);
    std::size_t budget = slow ? 1 : most_keys;
    while (!link->unread.empty() && budget-- > 0) {
      const auto piece = link->unread.front();
      read_one(link);
      if (piece.key) state_.data.set(*piece.key);
      append(piece);
    }
    if (!link->unread.empty()) {
      return later(world_.chance.between(Millis{5}, Millis{60}), [this, link] { apply(link); });
    }
  }
  if (!link->eof) return;
  if (link->phase == Phase::connected) link_down_since_ = world_.now();
  leave_master();
  connect();  // at once; then once a second
}

// REPLCONF ACK, once a second: what makes a replica notice that its master is another process by
// now, and what makes the kernel of a dead one throw away what it still had to send.
void Redis::acknowledge(const Held& link) {
  later(world_.chance.between(Millis{1}, Seconds{1}), [this, link] { send_ack(link); });
}

void Redis::send_ack(const Held& link) {
  if (link_ != link) return;
  if (link->reset) {  // the write fails, and the master is freed with all that was not read
    world_.invariants.acknowledged_into_reset(*link);
    if (link->phase == Phase::connected) link_down_since_ = world_.now();
    const auto dropped = unread_keys();
    leave_master();
    world_.ledger.died_with_process(world_.copies(), dropped);
    return connect();
  }
  link->up.send([this, link, offset = state_.offset] {
    world_.hosts[link->master]->redis.hear_ack(link, offset);
  });
  later(Seconds{1}, [this, link] { send_ack(link); });
}

void Redis::hear_ack(const Held& link, std::int64_t offset) {
  if (link->master_life == 0) return;
  if (!alive_ || life_ != link->master_life) return drop_queue(link);
  ++link->unheard;
  when_free([this, link, offset] {
    --link->unheard;
    if (link->phase != Phase::connected) return;
    link->heard_offset = offset;
    link->heard_at = world_.now();
    if (link->sending) return;
    link->sending = true;
    flush(link);
  });
}

Dataset Redis::unread_keys() const {
  if (!link_ || link_->phase != Phase::connected) return {};
  return keys_of(link_->unread);
}

Dataset Redis::queued_keys() const {
  Dataset keys;
  for (const auto& link : attached_) keys |= keys_of(link->queued);
  return keys;
}

std::optional<std::uint32_t> Redis::unread(NodeIndex master) const {
  if (!link_ || link_->master != master || link_->reset) return std::nullopt;
  std::int64_t bytes = 0;
  for (const auto& piece : link_->unread) bytes += piece.bytes;
  return static_cast<std::uint32_t>(bytes);
}

}  // namespace redvip::sim
