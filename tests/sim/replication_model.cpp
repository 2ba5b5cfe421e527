// The replication half of the modelled Redis: PSYNC, the stream, REPLICAOF.
#include <algorithm>

#include "sim/redis_model.hpp"
#include "sim/world.hpp"

namespace redvip::sim {

using Phase = Link::Phase;

// REPLICAOF host port. What the kernel had received from the old master and Redis had not read is
// thrown away (redis.md 2.1).
void Redis::follow(Following following) {
  if (following_ == following) return;
  const auto dropped = unread_keys();
  leave_master();
  following_ = following;
  link_down_since_.reset();
  world_.invariants.unread_discarded(self_, "REPLICAOF", dropped);
  // Writes that waited in a pause run into -READONLY.
  for (auto& waiting : std::exchange(waiting_writes_, {})) waiting.answer(false);
  if (following.master) connect();
}

// REPLICAOF NO ONE.
void Redis::promote() {
  if (is_master()) return;
  const auto dropped = unread_keys();
  world_.invariants.promoted(self_);
  leave_master();
  following_.reset();
  cached_master_ = true;
  master_since_ = world_.now();
  world_.invariants.unread_discarded(self_, "REPLICAOF NO ONE", dropped);
  replid2_ = state_.replid;
  second_offset_ = state_.offset + 1;
  state_.replid = world_.new_id("line");
  drop_replicas();
}

void Redis::leave_master() {
  if (!link_) return;
  link_->closed = true;
  link_->down.cut();
  link_.reset();
}

void Redis::drop_replicas() {
  for (const auto& link : attached_) {
    link->closed = true;
    link->down.send([this, link] { world_.hosts[link->replica]->redis.finish(link); });
  }
  attached_.clear();
}

void Redis::connect() {
  const auto master = *following_->master;
  if (master == self_) return;
  link_ = std::make_shared<Link>(
      Link{master, self_, Stream{world_.lan, master, self_}, Stream{world_.lan, self_, master}});
  link_->up.send([this, link = link_, id = state_.replid, asked = state_.offset + 1] {
    auto& there = world_.hosts[link->master]->redis;
    if (!there.alive()) {
      return link->down.send([this, link] { retry(link); });  // refused
    }
    link->master_life = there.life();
    there.when_free([&there, link, id, asked] { there.accept(link, id, asked); });
  });
  acknowledge(link_);
}

// Once a second, as replicationCron does.
void Redis::retry(const std::shared_ptr<Link>& link) {
  if (link_ != link) return;
  later(Seconds{1}, [this, link] {
    if (link_ == link) connect();
  });
}

bool Redis::can_continue(const std::string& id, std::int64_t asked) const {
  const bool known = id == state_.replid || (id == replid2_ && asked <= second_offset_);
  return known && backlog_active_ && asked >= backlog_first_ && asked <= state_.offset + 1;
}

void Redis::accept(const std::shared_ptr<Link>& link, const std::string& id, std::int64_t asked) {
  if (link->closed) return;
  auto& replica = world_.hosts[link->replica]->redis;
  const bool has_source = is_master() || (link_ && link_->phase == Phase::connected);
  if (loading() || !has_source) {
    // -NOMASTERLINK, -LOADING: the replica keeps what it has and asks again.
    return link->down.send([&replica, link] { replica.retry(link); });
  }
  if (!can_continue(id, asked)) return full_copy(link);
  attached_.push_back(link);
  link->sending = true;
  link->down.send([&replica, link, line = state_.replid] { replica.continued(link, line); });
  for (const auto& piece : backlog_) {
    if (piece.end >= asked) link->unsent.push_back(piece);
  }
  flush(link);
}

void Redis::full_copy(const std::shared_ptr<Link>& link) {
  auto& replica = world_.hosts[link->replica]->redis;
  if (!backlog_active_) {  // the first replica of a master that did not count its writes yet
    state_.replid = world_.new_id("line");
    replid2_.clear();
    second_offset_ = -1;
    backlog_active_ = true;
    backlog_.clear();
    backlog_first_ = state_.offset + 1;
  }
  link->accepted_at = world_.now();
  attached_.push_back(link);
  link->down.send([&replica, link] {
    if (replica.link_ == link) link->phase = Phase::downloading;
  });
  later(world_.chance.between(Millis{30}, Millis{400}), [this, &replica, link, copy = state_] {
    if (link->closed) return;
    link->down.send([&replica, link, copy] { replica.copied(link, copy); });
    link->sending = true;
    flush(link);
  });
}

void Redis::continued(const std::shared_ptr<Link>& link, const std::string& id) {
  if (link_ != link) return;
  if (id != state_.replid) {
    replid2_ = state_.replid;
    second_offset_ = state_.offset + 1;
    state_.replid = id;
    drop_replicas();
  }
  if (!backlog_active_) {
    backlog_active_ = true;
    backlog_first_ = state_.offset + 1;
  }
  cached_master_ = true;
  link->phase = Phase::connected;
}

// The copy is on disk; from here on the old data is gone.
void Redis::copied(const std::shared_ptr<Link>& link, const Snapshot& snapshot) {
  if (link_ != link) return;
  world_.invariants.overwritten(*link, state_.data, snapshot.data);
  link->phase = Phase::loading;
  disk_ = state_ = snapshot;
  replid2_.clear();
  second_offset_ = -1;
  backlog_active_ = true;
  backlog_.clear();
  backlog_first_ = state_.offset + 1;
  cached_master_ = true;
  drop_replicas();
  later(world_.chance.between(Millis{5}, Millis{60}), [this, link] {
    if (link_ != link) return;
    link->phase = Phase::connected;
    apply(link);
  });
}

void Redis::flush(const std::shared_ptr<Link>& link) {
  if (link->closed || !link->sending) return;
  for (const auto& piece : std::exchange(link->unsent, {})) {
    link->down.send(
        [this, link, piece] { world_.hosts[link->replica]->redis.received(link, piece); });
  }
}

void Redis::received(const std::shared_ptr<Link>& link, const Piece& piece) {
  if (link_ != link) return;
  if (piece.key) world_.ledger.revived(Dataset{}.set(*piece.key));
  link->unread.push_back(piece);
  if (link->unread.size() > 1) return;
  later(world_.chance.between(Micros{20}, Micros{200}), [this, link] { apply(link); });
}

// The end of the stream, behind everything that the master's kernel still had.
void Redis::finish(const std::shared_ptr<Link>& link) {
  if (link_ != link) return;
  link->eof = true;
  link->reset = world_.chance.one_in(2);
  later(world_.chance.between(Micros{20}, Micros{200}), [this, link] { apply(link); });
}

void Redis::apply(const std::shared_ptr<Link>& link) {
  if (link_ != link || link->phase == Phase::loading) return;
  if (link->phase == Phase::connected) {
    // Slow commands are read one by one, so that a receive queue can be seen to grow and shrink.
    const bool slow = world_.chance.percent(world_.options.slow_apply);
    std::size_t budget = slow ? 1 : most_keys;
    while (!link->unread.empty() && budget-- > 0) {
      const auto piece = link->unread.front();
      link->unread.pop_front();
      if (piece.key) state_.data.set(*piece.key);
      append(piece);
    }
    if (!link->unread.empty()) {
      return later(world_.chance.between(Millis{1}, Millis{40}), [this, link] { apply(link); });
    }
  }
  if (!link->eof) return;
  if (link->phase == Phase::connected) link_down_since_ = world_.now();
  leave_master();
  connect();  // at once; then once a second
}

// REPLCONF ACK: what makes a replica notice that its master is another process by now.
void Redis::acknowledge(const std::shared_ptr<Link>& link) {
  later(Seconds{1}, [this, link] {
    if (link_ != link) return;
    link->up.send([this, link] {
      const auto& there = world_.hosts[link->master]->redis;
      const bool answered =
          link->master_life == 0 || (there.alive() && there.life() == link->master_life);
      if (!answered) link->down.send([this, link] { finish(link); });
    });
    acknowledge(link);
  });
}

}  // namespace redvip::sim
