// What a modelled Redis does with keys and commands, and what it says of itself.
#include <algorithm>

#include "core/overload.hpp"
#include "sim/redis_model.hpp"
#include "sim/world.hpp"

namespace redvip::sim {
namespace {

constexpr Seconds min_replicas_max_lag{10};
constexpr std::int64_t select_bytes = 23;  // *2 $6 SELECT $1 0
constexpr std::int64_t ping_bytes = 14;

}  // namespace

bool Redis::paused() const {
  return alive_ && world_.now() < paused_until_;
}

bool Redis::writable() const {
  return alive_ && is_master() && !paused() && !busy() && enough_replicas();
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
  if (const auto link = link_) apply(link);  // the stream had to wait too
}

void Redis::write(Key key, std::function<void(bool)> answer) {
  if (!is_master()) return answer(false);        // -READONLY comes before the pause
  if (!enough_replicas()) return answer(false);  // -NOREPLICAS
  if (paused()) return waiting_writes_.push_back({key, std::move(answer)});
  set(key);
  answer(true);
}

bool Redis::enough_replicas() const {
  const auto good = std::count_if(attached_.begin(), attached_.end(), [&](const Held& link) {
    return link->sending && world_.now() - link->heard_at <= min_replicas_max_lag;
  });
  return good >= min_replicas_;
}

void Redis::set(Key key) {
  state_.data.set(key);
  if (!backlog_active_) return;  // without a backlog the offset stands still
  if (!std::exchange(selected_, true)) {
    append({state_.offset + select_bytes, select_bytes, std::nullopt});
  }
  const auto fixed = world_.options.write_bytes;
  const auto bytes = fixed > 0 ? fixed : static_cast<std::int64_t>(40 + world_.chance.below(200));
  append({state_.offset + bytes, bytes, key});
}

// Also while writes are paused; a parked or following Redis sends none of its own.
void Redis::ping() {
  if (is_master() && !attached_.empty()) {
    append({state_.offset + ping_bytes, ping_bytes, std::nullopt});
  }
  later(world_.options.ping_period, [this] { ping(); });
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

Observation Redis::info() const {
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
  seen.backlog_first_byte_offset = backlog_active_ ? backlog_first_ : 0;
  seen.backlog_histlen = backlog_active_ ? state_.offset - backlog_first_ + 1 : 0;
  seen.keys = static_cast<std::int64_t>(state_.data.count());
  seen.loading = loading();
  seen.bgsave_in_progress = saving_;
  seen.aof_enabled = world_.options.persistence == Persistence::aof;
  seen.replica_priority = world_.options.never_lead == self_ ? 0 : 100;
  describe_replication(seen);
  return seen;
}

void Redis::describe_replication(Observation& seen) const {
  for (const auto& link : attached_) {
    const auto lag = std::chrono::duration_cast<Seconds>(world_.now() - link->heard_at);
    const bool online = link->phase == Link::Phase::connected;
    seen.replicas.push_back({world_.site.redis(link->replica), online, link->heard_offset, lag});
  }
  if (!following_) return;
  const auto at = following_->master ? world_.site.redis(*following_->master)
                                     : Endpoint{IpAddress{0x7f000001}, 0};
  seen.master_host = at.address.text();
  seen.master_port = at.port;
  seen.link_up = link_ && link_->phase == Link::Phase::connected;
  if (!seen.link_up && link_down_since_) {
    seen.link_down_since = std::chrono::duration_cast<Seconds>(world_.now() - *link_down_since_);
  }
  seen.sync_in_progress = downloading();
  seen.slave_repl_offset = cached_master_ ? state_.offset : 1;
  seen.slave_read_repl_offset = seen.slave_repl_offset;
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
  if (locked_) text += ", password changed";
  if (paused()) text += ", writes paused";
  return text + ", " + state_.replid + ":" + std::to_string(state_.offset) + ", " +
         (replid2_.empty() ? "" : replid2_ + ":" + std::to_string(second_offset_) + ", ") +
         std::to_string(state_.data.count()) + " keys";
}

std::optional<Error> Redis::execute(const Command& command) {
  // Such a REPLICAOF comes with CLIENT KILL LADDR and CLIENT UNPAUSE in one MULTI.
  const auto kill_clients = [&](const std::vector<Endpoint>& endpoints) {
    if (endpoints.empty()) return;
    world_.client.reset(self_);
    unpause();
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
                   if (wanted.kill_replicas) drop_replicas();
                 },
                 [&](command::RequireReplicas wanted) { min_replicas_ = wanted.count; },
                 [&](command::SaveDataset) { save(); },
             },
             command);
  return std::nullopt;
}

// MULTI, CLIENT PAUSE 5000 WRITE, REPLICAOF NO ONE, EXEC, PSYNC on a connection of its own.
std::optional<Dataset> Redis::begin_tail(const action::ReadTail& wanted) {
  const bool reaches = backlog_active_ && backlog_first_ <= wanted.fork + 1;
  if (!is_parked() || state_.replid != wanted.replid || !reaches) return std::nullopt;
  pause(Seconds{5});
  promote();
  Dataset tail;
  for (const auto& piece : backlog_) {
    if (piece.key && piece.end > wanted.fork) tail.set(*piece.key);
  }
  return tail;
}

// REPLICAOF 127.0.0.1 0, CLIENT KILL TYPE replica, CLIENT UNPAUSE.
void Redis::end_tail() {
  follow({});
  drop_replicas();
  unpause();
}

}  // namespace redvip::sim
