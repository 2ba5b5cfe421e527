// Who follows whom: REPLICAOF, PSYNC, full copies.
#include <algorithm>
#include <utility>

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
  discarded("REPLICAOF", dropped);
  // Writes that waited in a pause run into -READONLY.
  for (auto& waiting : std::exchange(waiting_writes_, {})) waiting.answer(false);
  if (following.master) connect();
}

// REPLICAOF NO ONE.
void Redis::promote() {
  if (is_master()) return;
  const auto dropped = unread_keys();
  if (!misled_) world_.invariants.promoted(self_);
  leave_master();
  following_.reset();
  cached_master_ = true;
  selected_ = false;
  master_since_ = world_.now();
  discarded("REPLICAOF NO ONE", dropped);
  replid2_ = state_.replid;
  second_offset_ = state_.offset + 1;
  state_.replid = world_.new_id("line");
  drop_replicas();
}

// What an outsider's command threw away is nobody's to keep.
void Redis::discarded(const char* by, const Dataset& unread) {
  if (!std::exchange(misled_, false)) return world_.invariants.unread_discarded(self_, by, unread);
  if (misled_at_ == world_.now()) world_.ledger.died_with_process(world_.copies(), unread);
}

void Redis::leave_master() {
  if (!link_) return;
  link_->closed = true;
  link_->down.cut();
  link_->up.send([link = link_, &world = world_] {
    auto& attached = world.hosts[link->master]->redis.attached_;
    attached.erase(std::remove(attached.begin(), attached.end(), link), attached.end());
  });
  link_.reset();
}

// CLIENT KILL TYPE replica; a replica that had not received all of its copy keeps its old data.
void Redis::drop_replicas() {
  for (const auto& link : attached_) {
    link->closed = true;
    link->unsent.clear();
    link->down.send([this, link] { world_.hosts[link->replica]->redis.finish(link, false); });
  }
  attached_.clear();
}

void Redis::connect() {
  const auto master = *following_->master;
  if (master == self_) return;
  auto& lan = world_.lan;
  link_ = std::make_shared<Link>(Link{master, self_, Stream{lan, master, self_},
                                      Stream{lan, self_, master, Stream::to_redis}});
  link_->up.send([this, link = link_, id = state_.replid, asked = state_.offset + 1] {
    auto& there = world_.hosts[link->master]->redis;
    if (!there.alive()) {
      return link->down.send([this, link] { retry(link); });  // refused
    }
    link->master_life = there.life();
    there.when_free([&there, link, id, asked] { there.accept(link, id, asked); });
  });
  acknowledge(Held{link_});
}

// Once a second, as replicationCron does.
void Redis::retry(const Held& link) {
  if (link_ != link) return;
  later(Seconds{1}, [this, link] {
    if (link_ == link) connect();
  });
}

bool Redis::can_continue(const std::string& id, std::int64_t asked) const {
  const bool known = id == state_.replid || (id == replid2_ && asked <= second_offset_);
  return known && backlog_active_ && asked >= backlog_first_ && asked <= state_.offset + 1;
}

void Redis::accept(const Held& link, const std::string& id, std::int64_t asked) {
  if (link->closed) return;
  auto& replica = world_.hosts[link->replica]->redis;
  const bool has_source = is_master() || (link_ && link_->phase == Phase::connected);
  if (loading() || !has_source) {
    // -NOMASTERLINK, -LOADING: the replica keeps what it has and asks again.
    return link->down.send([&replica, link] { replica.retry(link); });
  }
  link->accepted_at = link->heard_at = world_.now();
  if (!can_continue(id, asked)) return full_copy(link);
  attached_.push_back(link);
  link->sending = true;
  link->down.send([&replica, link, line = state_.replid] { replica.continued(link, line); });
  for (const auto& piece : backlog_) {
    if (piece.end >= asked) link->unsent.push_back(piece);
  }
  flush(link);
}

void Redis::full_copy(const Held& link) {
  auto& replica = world_.hosts[link->replica]->redis;
  if (!backlog_active_) {  // the first replica of a master that did not count its writes yet
    state_.replid = world_.new_id("line");
    replid2_.clear();
    second_offset_ = -1;
    backlog_active_ = true;
    backlog_.clear();
    backlog_first_ = state_.offset + 1;
  }
  selected_ = false;
  attached_.push_back(link);
  link->down.send([&replica, link] {
    if (replica.link_ == link) link->phase = Phase::downloading;
  });
  later(world_.chance.between(Millis{30}, Millis{400}), [this, &replica, link, copy = state_] {
    if (!world_.options.diskless) rdb_ = copy;
    if (link->closed) return;
    link->down.send([&replica, link, copy] { replica.copied(link, copy); });
    // After a diskless copy the stream waits for the first acknowledgement.
    if (world_.options.diskless) return;
    link->sending = true;
    flush(link);
  });
}

void Redis::continued(const Held& link, const std::string& id) {
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
void Redis::copied(const Held& link, const Snapshot& snapshot) {
  if (link_ != link) return;
  world_.invariants.overwritten(*link, state_.data, snapshot.data);
  link->phase = Phase::loading;
  rdb_ = state_ = snapshot;
  replid2_.clear();
  second_offset_ = -1;
  backlog_active_ = true;
  backlog_.clear();
  backlog_first_ = state_.offset + 1;
  cached_master_ = true;
  aof_is_old_ = true;
  drop_replicas();
  later(world_.chance.between(Millis{5}, Millis{60}), [this, link] { loaded(link); });
}

void Redis::loaded(const Held& link) {
  if (link_ != link) return;
  link->phase = Phase::connected;
  apply(link);
  later(world_.chance.between(Millis{10}, Millis{100}), [this] {  // BGREWRITEAOF
    aof_is_old_ = false;
    aof_ = state_.data;
  });
}

std::optional<NodeIndex> Redis::master() const {
  return following_ ? following_->master : std::nullopt;
}

bool Redis::in_sync_with(NodeIndex master) const {
  return alive_ && this->master() == master && link_ && link_->phase == Phase::connected &&
         !link_->closed && state_.replid == world_.hosts[master]->redis.state_.replid;
}

bool Redis::downloading() const {
  return link_ && link_->phase == Phase::downloading;
}

}  // namespace redvip::sim
