#include "sim/redis_model.hpp"

#include "sim/world.hpp"

namespace redvip::sim {

Redis::Redis(World& world, NodeIndex self) : world_{world}, self_{self} {}

void Redis::boot(Boot how) {
  if (alive_) return;
  alive_ = true;
  frozen_ = false;
  ++life_;
  booted_ = master_since_ = world_.now();
  busy_until_ = {};
  run_id_ = world_.new_id("run");
  if (how == Boot::empty) disk_ = Snapshot{};
  state_ = disk_;
  replid2_.clear();
  second_offset_ = -1;
  backlog_.clear();
  const bool restored = !state_.replid.empty();
  const bool parked = world_.options.born_parked && how != Boot::first;
  following_ = parked ? std::optional{Following{}} : std::nullopt;
  cached_master_ = restored || !parked;
  // 7.0: a master keeps the history of its RDB file as the second ID (loadDataFromDisk).
  if (restored && !parked) {
    replid2_ = state_.replid;
    second_offset_ = state_.offset + 1;
  }
  if (!restored || !parked) state_.replid = world_.new_id("line");
  backlog_active_ = restored && !parked;
  backlog_first_ = state_.offset + 1;
  paused_until_ = {};
  link_down_since_.reset();
  world_.ledger.revived(state_.data);
  later(Seconds{10}, [this] { ping(); });
}

void Redis::kill() {
  if (!alive_) return;
  // What was not handed to the kernel yet is gone with the process.
  for (const auto& link : attached_) {
    link->down.send([link, &hosts = world_.hosts] { hosts[link->replica]->redis.finish(link); });
  }
  end();
}

void Redis::lose_power() {
  if (!alive_) return;
  for (const auto& link : attached_) link->down = Stream{world_.lan, self_, link->replica};
  end();
}

void Redis::end() {
  const auto had = state_.data | unread_keys();
  alive_ = frozen_ = saving_ = false;
  waiting_.clear();
  waiting_writes_.clear();
  leave_master();
  attached_.clear();
  state_ = Snapshot{};
  world_.redis_ended(self_);
  world_.ledger.died_with_process(world_.copies(), had);
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

void Redis::save() {
  if (!alive_ || saving_) return;
  saving_ = true;
  later(world_.chance.between(Millis{20}, Millis{200}), [this, snapshot = state_] {
    disk_ = snapshot;
    saving_ = false;
  });
}

bool Redis::paused() const {
  return alive_ && world_.now() < paused_until_;
}

bool Redis::writable() const {
  return alive_ && is_master() && !paused() && !busy();
}

// Only ever extends (redis.md 3.2).
void Redis::pause(Micros length) {
  paused_until_ = std::max(paused_until_, world_.now() + length);
  later(paused_until_ - world_.now(), [this] {
    if (!paused()) unpause();
  });
}

void Redis::unpause() {
  paused_until_ = {};
  for (auto& waiting : std::exchange(waiting_writes_, {})) {
    write(waiting.key, std::move(waiting.answer));
  }
}

void Redis::write(Key key, std::function<void(bool)> answer) {
  if (!is_master()) return answer(false);  // -READONLY comes before the pause
  if (paused()) return waiting_writes_.push_back({key, std::move(answer)});
  set(key);
  answer(true);
}

void Redis::set(Key key) {
  state_.data.set(key);
  if (!backlog_active_) return;  // without a backlog the offset stands still
  const auto bytes = static_cast<std::int64_t>(40 + world_.chance.below(200));
  append({state_.offset + bytes, bytes, key});
}

// Also while writes are paused; a parked or following Redis sends none of its own.
void Redis::ping() {
  if (is_master() && !attached_.empty()) append({state_.offset + 14, 14, std::nullopt});
  later(Seconds{10}, [this] { ping(); });
}

void Redis::append(const Piece& piece) {
  state_.offset = piece.end;
  backlog_.push_back(piece);
  while (piece.end - backlog_first_ > world_.options.backlog_bytes) {
    backlog_first_ = backlog_.front().end + 1;
    backlog_.pop_front();
  }
  for (const auto& link : attached_) {
    link->unsent.push_back(piece);
    if (link->unsent.size() > 1) continue;
    later(world_.chance.between(Micros{20}, Micros{300}), [this, link] { flush(link); });
  }
}

std::optional<NodeIndex> Redis::master() const {
  return following_ ? following_->master : std::nullopt;
}

bool Redis::in_sync_with(NodeIndex master) const {
  return alive_ && this->master() == master && link_ && link_->phase == Link::Phase::connected &&
         !link_->closed && state_.replid == world_.hosts[master]->redis.state_.replid;
}

bool Redis::downloading() const {
  return link_ && link_->phase == Link::Phase::downloading;
}

Dataset Redis::unread_keys() const {
  Dataset keys;
  if (!link_ || link_->phase != Link::Phase::connected) return keys;
  for (const auto& piece : link_->unread) {
    if (piece.key) keys.set(*piece.key);
  }
  return keys;
}

std::optional<std::uint32_t> Redis::unread(NodeIndex master) const {
  if (!link_ || link_->master != master || link_->reset) return std::nullopt;
  std::int64_t bytes = 0;
  for (const auto& piece : link_->unread) bytes += piece.bytes;
  return static_cast<std::uint32_t>(bytes);
}

Observation Redis::info() const {
  const bool up = link_ && link_->phase == Link::Phase::connected;
  Observation seen;
  seen.run_id = run_id_;
  seen.version = "7.0.15";
  seen.uptime = std::chrono::duration_cast<Seconds>(world_.now() - booted_);
  seen.role = is_master() ? Role::master : Role::replica;
  seen.replid = state_.replid;
  seen.replid2 = replid2_;
  seen.master_repl_offset = state_.offset;
  seen.second_repl_offset = second_offset_;
  seen.backlog_active = backlog_active_;
  seen.backlog_first_byte_offset = backlog_first_;
  seen.backlog_histlen = state_.offset - backlog_first_ + 1;
  seen.keys = static_cast<std::int64_t>(state_.data.count());
  seen.loading = loading();
  seen.bgsave_in_progress = saving_;
  if (following_) {
    const auto at =
        following_->master ? world_.site.redis(*following_->master) : Endpoint{Ipv4{0x7f000001}, 0};
    seen.master_host = at.address.text();
    seen.master_port = at.port;
    seen.link_up = up;
    if (!up && link_down_since_) {
      seen.link_down_since = std::chrono::duration_cast<Seconds>(world_.now() - *link_down_since_);
    }
    seen.sync_in_progress = downloading();
    seen.slave_repl_offset = cached_master_ ? state_.offset : 1;
    seen.slave_read_repl_offset = seen.slave_repl_offset;
  }
  return seen;
}

std::string Redis::text() const {
  if (!alive_) return "dead";
  std::string text = is_master()           ? "master"
                     : !following_->master ? "parked"
                                           : "replica of " + world_.site.name(*following_->master);
  if (link_) {
    constexpr const char* phases[] = {"connecting", "downloading", "loading", "connected"};
    text += std::string{", "} + phases[static_cast<std::size_t>(link_->phase)];
  }
  if (frozen_) text += ", frozen";
  if (paused()) text += ", writes paused";
  return text + ", " + state_.replid + ":" + std::to_string(state_.offset) + ", " +
         (replid2_.empty() ? "" : replid2_ + ":" + std::to_string(second_offset_) + ", ") +
         std::to_string(state_.data.count()) + " keys";
}

std::optional<Error> Redis::execute(const Command& command) {
  const auto kill_clients = [&](const std::vector<Endpoint>& endpoints) {
    if (!endpoints.empty()) world_.client.reset(self_);
  };
  std::visit(Overload{
                 [&](const command::PauseWrites& wanted) { pause(wanted.duration); },
                 [&](command::UnpauseWrites) { unpause(); },
                 [&](command::Promote) { promote(); },
                 [&](const command::Follow& wanted) {
                   follow({world_.site.node_at(wanted.master.address)});
                   kill_clients(wanted.kill_clients_of);
                 },
                 [&](const command::Park& wanted) {
                   follow({});
                   kill_clients(wanted.kill_clients_of);
                 },
                 [&](command::SaveDataset) { save(); },
             },
             command);
  return std::nullopt;
}

}  // namespace redvip::sim
