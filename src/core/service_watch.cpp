// Other people's hands on the local Redis, our own haste, and how many replicas a write needs.
#include <algorithm>

#include "core/service.hpp"

namespace redvip {
namespace {

// What we, or the owner's redvip, ordered shows within this time.
constexpr Seconds our_own_doing{2};
constexpr Seconds interference_window{60};
constexpr std::size_t most_interferences = 3;

void forget_before(std::vector<Instant>& times, Instant limit) {
  std::erase_if(times, [&](Instant time) { return time < limit; });
}

}  // namespace

// A manual REPLICAOF, a Sentinel, an old notify script: named, and put right only by the ordinary
// rules, which compare first.
void Service::notice_foreign_hands(const Observation& mine) {
  const auto before = std::exchange(seen_before_, mine);
  forget_before(interferences_, now_ - interference_window);
  if (paused() || !before || before->run_id != mine.run_id) return;
  if (before->replica_read_only && !mine.replica_read_only && !mine.is_master()) {
    note(true, "replica-read-only was turned off: what is written here is in no offset; not fit");
  }
  const bool same = before->role == mine.role && before->master_host == mine.master_host &&
                    before->master_port == mine.master_port;
  const bool ours = commanded_at_ && now_ - *commanded_at_ < our_own_doing;
  const auto master = facts_.master_of_local();
  // The owner's redvip parks or re-points us where our own does not.
  const bool in_order = mine.is_parked() || (master && *master != site_.self);
  if (same || ours || in_order) return;
  interferences_.push_back(now_);
  note(true, std::string{"someone else made the local Redis "} +
                 (mine.is_master() ? "a master"
                                   : "a replica of " + mine.master_host + ':' +
                                         std::to_string(mine.master_port)));
  if (interferences_.size() == most_interferences) {
    note(true,
         "this is the third time within a minute: is a Sentinel, keepalived or a script at "
         "work here? redvip slows down and puts it right every ten seconds only");
  }
}

void Service::notice_progress(NodeIndex node, const Observation& seen) {
  const auto& facts = facts_.redis(node);
  if (seen.is_master() && facts_.master_of_local() == node && local() &&
      local()->replid == seen.replid) {
    master_seen_ = MasterSeen{seen.replid, seen.master_repl_offset, facts.write_rate, now_};
  }
  const bool leading = state_ == State::serving || state_ == State::handing_over;
  const auto owner = facts_.owner(now_);
  const auto source = leading ? std::optional{site_.self}
                      : owner ? std::optional{owner->node}
                              : std::nullopt;
  if (node != source || !seen.is_master()) return;
  if (owner_replid_ != seen.replid) owner_offsets_.clear();
  owner_replid_ = seen.replid;
  owner_offsets_.push_back({now_, seen.master_repl_offset});
  // The youngest that is older than a few looks stays at the front.
  const auto age = 3 * site_.service.redis.probe_interval;
  while (owner_offsets_.size() > 1 && now_ - owner_offsets_[1].at >= age)
    owner_offsets_.erase(owner_offsets_.begin());
}

// How much a replica lacks of what the owner had a few looks ago; 0 when it is fed.
std::int64_t Service::unfed_bytes(const Observation& replica) const {
  if (owner_offsets_.empty()) return 0;
  return std::max<std::int64_t>(owner_offsets_.front().offset - replica.applied_offset(), 0);
}

bool Service::someone_interferes() const {
  return interferences_.size() >= most_interferences;
}

// Two nodes that fail in turn do more harm by moving than by standing still.
std::string Service::too_many_moves() const {
  const auto& service = site_.service;
  const auto recent = std::count_if(moves_.begin(), moves_.end(), [&](Instant move) {
    return now_ - move < service.move_window;
  });
  if (service.max_moves == 0 || recent < service.max_moves) return {};
  const auto window = std::chrono::duration_cast<Seconds>(service.move_window).count();
  return std::to_string(recent) + " take-overs within " + std::to_string(window) +
         " s (max_moves): holding still. 'redvip switchover' here takes over all the same";
}

// min_replicas = "managed": a write needs a replica while one could be there. Not while the others
// are known to be dead or parked, or nobody could write at all; a host that is merely silent may be
// the other side of a partition.
void Service::require_replicas() {
  const auto* mine = local();
  if (site_.service.redis.min_replicas != MinReplicas::managed || !mine || !mine->is_master())
    return;
  bool attached = false;
  bool out_of_sight = false;
  for (NodeIndex peer = 0; peer < site_.nodes.size(); ++peer) {
    if (peer == site_.self) continue;
    attached = attached || std::any_of(mine->replicas.begin(), mine->replicas.end(),
                                       [&](const AttachedReplica& replica) {
                                         return replica.online && replica.offset > 0 &&
                                                replica.at.address == site_.nodes[peer].address;
                                       });
    out_of_sight = out_of_sight || (!facts_.redis(peer).gone() && !at(peer));
  }
  const auto count = attached || (out_of_sight && required_replicas_ == 1) ? 1 : 0;
  require_replicas(count);
}

void Service::require_replicas(int count) {
  if (required_replicas_ == count) return;
  required_replicas_ = count;
  command(site_.self, command::RequireReplicas{count});
}

}  // namespace redvip
