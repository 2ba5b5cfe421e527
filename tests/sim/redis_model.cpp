// The process of a modelled Redis: it starts, stops, hangs, and leaves files behind.
#include "sim/redis_model.hpp"

#include <algorithm>

#include "sim/world.hpp"

namespace redvip::sim {

Redis::Redis(World& world, NodeIndex self) : world_{world}, self_{self} {}

void Redis::boot(Boot how) {
  if (alive_) return;
  alive_ = true;
  frozen_ = misled_ = selected_ = false;
  ++life_;
  booted_ = master_since_ = world_.now();
  busy_until_ = paused_until_ = {};
  min_replicas_ = 0;
  run_id_ = world_.new_id("run");
  link_down_since_.reset();
  replid2_.clear();
  second_offset_ = -1;
  backlog_.clear();
  load(how);
  world_.ledger.revived(state_.data);
  later(world_.options.ping_period, [this] { ping(); });
  later(world_.chance.between(Millis{0}, Seconds{1}), [this] { fsync(); });
}

// loadDataFromDisk: an RDB file brings its place in a history along, an append-only file does not.
void Redis::load(Boot how) {
  if (how == Boot::empty) {
    rdb_ = Snapshot{};
    aof_.reset();
  }
  const bool aof = world_.options.persistence == Persistence::aof;
  state_ = aof ? Snapshot{aof_, {}, 0} : rdb_;
  const bool restored = !state_.replid.empty();
  const bool parked = world_.options.born_parked && how != Boot::first;
  following_ = parked ? std::optional{Following{}} : std::nullopt;
  cached_master_ = restored || !parked;
  // 7.0: a master keeps the history of its RDB file as the second ID.
  if (restored && !parked) {
    replid2_ = state_.replid;
    second_offset_ = state_.offset + 1;
  }
  if (!restored || !parked) state_.replid = world_.new_id("line");
  backlog_active_ = restored && !parked;
  backlog_first_ = state_.offset + 1;
}

void Redis::kill() {
  if (!alive_) return;
  // The kernel keeps what the process wrote into its files.
  if (!aof_is_old_) aof_ = state_.data;
  const auto attached = attached_;
  end();
  for (const auto& link : attached) hang_up(link);
}

void Redis::lose_power() {
  if (!alive_) return;
  for (const auto& link : attached_) {
    link->queued.clear();
    link->queued_bytes = 0;
    link->down.cut();
    link->down = Stream{world_.lan, self_, link->replica};
  }
  end();
}

void Redis::end() {
  const auto had = state_.data | unread_keys();
  alive_ = frozen_ = saving_ = aof_is_old_ = false;
  waiting_.clear();
  waiting_writes_.clear();
  leave_master();
  for (const auto& link : attached_) link->unsent.clear();
  attached_.clear();
  state_ = Snapshot{};
  world_.redis_ended(self_);
  world_.ledger.died_with_process(world_.copies(), had);
}

// appendfsync everysec.
void Redis::fsync() {
  if (!aof_is_old_) aof_ = state_.data;
  later(Seconds{1}, [this] { fsync(); });
}

void Redis::freeze() {
  frozen_ = alive_;
}

void Redis::thaw() {
  frozen_ = false;
  drain_waiting();
}

void Redis::stall(Micros length) {
  if (!alive_) return;
  busy_until_ = std::max(busy_until_, world_.now() + length);
  world_.schedule.at(busy_until_, [this] { drain_waiting(); });
}

bool Redis::busy() const {
  return frozen_ || world_.now() < busy_until_;
}

void Redis::later(Micros delay, Task task) {
  world_.schedule.after(delay, [this, life = life_, task = std::move(task)] {
    if (alive_ && life_ == life) when_free(task);
  });
}

void Redis::when_free(Task task) {
  if (!alive_) return;
  if (busy() || !waiting_.empty()) {
    waiting_.push_back(std::move(task));
  } else {
    task();
  }
}

void Redis::drain_waiting() {
  while (alive_ && !busy() && !waiting_.empty()) {
    const auto task = std::move(waiting_.front());
    task();
    if (!waiting_.empty()) waiting_.pop_front();
  }
}

// rdbPopulateSaveInfo: without a backlog or a master it had, there is no place to write down.
void Redis::save() {
  if (!alive_ || saving_) return;
  saving_ = true;
  auto snapshot = state_;
  const bool has_place = is_master() ? backlog_active_ : cached_master_;
  if (!has_place) snapshot.replid.clear();
  later(world_.chance.between(Millis{20}, Millis{200}), [this, snapshot] {
    rdb_ = snapshot;
    saving_ = false;
  });
}

void Redis::by_outsider(const Command& command) {
  if (!alive_) return;
  when_free([this, command] {
    world_.say("an outsider tells the Redis of " + world_.site.name(self_) + ": " +
               describe(action::Send{self_, command}));
    misled_ = true;
    misled_at_ = world_.now();
    (void)execute(command);
    misled_ = following_ && following_->master;
  });
}

}  // namespace redvip::sim
