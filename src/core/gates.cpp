#include "core/gates.hpp"

namespace redvip {
namespace {

// How long a node without better proof waits for a peer that it has just seen.
constexpr Seconds patience_with_unseen{10};

std::string holds(const Observation& redis) {
  return std::to_string(redis.keys) + " keys, offset " + std::to_string(redis.applied_offset());
}

// With some peer out of sight, only what this node remembers can prove that its data is the latest.
Verdict may_lead_unseen(const Observation& local, const std::optional<Memory>& memory,
                        const std::string& unseen, const std::string& seen_lately) {
  if (!memory) {
    // First installation: a Redis that was the master before redvip came keeps being it.
    if (local.is_master()) return Verdict::fit();
    return Verdict::unfit(unseen +
                          " cannot be seen, and this node has never led or stood by: its "
                          "Redis is not a master. If it has the right data, say so with "
                          "'REPLICAOF NO ONE' on it");
  }
  if (local.run_id == memory->run_id && memory->served) return Verdict::fit();
  // Otherwise the rest is circumstantial, and a peer that only hangs can settle it.
  if (!seen_lately.empty()) {
    return Verdict::unfit(seen_lately + ", seen moments ago, may have more: waiting for it");
  }
  const bool same_line = local.replid == memory->replid || local.replid2 == memory->replid;
  if (same_line && local.applied_offset() >= memory->offset) return Verdict::fit();
  if (memory->served && memory->keys == 0) return Verdict::fit();
  // An append-only file is replayed whole, but Redis forgets the replication ID over it.
  if (memory->served && local.aof_enabled && local.keys > 0) return Verdict::fit();
  return Verdict::unfit(unseen + " cannot be seen and may have more: this Redis has " +
                        holds(local) + ", but offset " + std::to_string(memory->offset) + " with " +
                        std::to_string(memory->keys) + " keys was last known here");
}

Verdict against_peer(const Site& site, NodeIndex peer, const Observation& local,
                     const Observation& theirs) {
  const auto comparison = compare(local, theirs);
  const auto sentence = "its Redis (" + holds(local) + ") " + describe(comparison) + " " +
                        site.name(peer) + " (" + holds(theirs) + ")";
  switch (comparison.relation) {
    case Relation::same:
    case Relation::ahead:
    case Relation::theirs_empty:
      return Verdict::fit();
    case Relation::diverged:
      // Neither contains the other. The one with more of its own leads, the other's part is saved.
      if (site.service.redis.on_divergence != OnDivergence::hold &&
          comparison.mine_only > comparison.theirs_only) {
        return Verdict::fit();
      }
      return Verdict::unfit(sentence);
    case Relation::unrelated:
      return Verdict::unfit(sentence +
                            ": nobody can tell which is wanted. Decide with 'REPLICAOF' "
                            "on the one whose data may go");
    case Relation::behind:
    case Relation::mine_empty:
    case Relation::untrusted:
      return Verdict::unfit(sentence);
  }
  return Verdict::unfit(sentence);
}

}  // namespace

Verdict may_promote(const Site& site, const Observation& local) {
  if (local.replica_priority == 0)
    return Verdict::unfit("replica-priority is 0: never to be led with");
  if (local.cluster_enabled) return Verdict::unfit("Redis runs in cluster mode");
  if (local.loading) return Verdict::unfit("Redis is still loading its dataset");
  if (local.is_master()) return Verdict::fit();
  if (local.sync_in_progress) return Verdict::unfit("Redis is in the middle of a full copy");
  if (!local.replica_read_only) {
    return Verdict::unfit("replica-read-only is off: what it holds cannot be known");
  }
  if (!trusted(local)) return Verdict::unfit("a full copy did not finish: its data is incomplete");
  if (local.link_up) return Verdict::fit();
  if (!local.link_down_since) {
    return Verdict::unfit("Redis has never been in sync with its master");
  }
  if (*local.link_down_since > site.service.redis.max_lag) {
    return Verdict::unfit("its replication link has been down for " +
                          std::to_string(local.link_down_since->count()) +
                          " s, longer than max_lag");
  }
  return Verdict::fit();
}

Verdict may_lead(const Site& site, const Facts& facts, const std::optional<Memory>& memory,
                 Instant now) {
  if (!site.priority(site.self)) return Verdict::unfit("this node is not in service.nodes");
  const auto* local = facts.current(now, site.self);
  if (!local) return Verdict::unfit(facts.local_problem(now));
  if (local->loading) return Verdict::unfit("Redis is still loading its dataset");
  if (local->cluster_enabled || local->replica_priority == 0 || local->sync_in_progress) {
    return may_promote(site, *local);
  }
  std::string unseen;
  std::string seen_lately;
  for (NodeIndex peer = 0; peer < site.nodes.size(); ++peer) {
    if (peer == site.self) continue;
    const auto* theirs = facts.current(now, peer);
    if (!theirs) {
      if (site.priority(peer)) unseen += (unseen.empty() ? "" : ", ") + site.name(peer);
      const auto& answered = facts.redis(peer).answered_at;
      if (answered && now - *answered < patience_with_unseen) seen_lately = site.name(peer);
      continue;
    }
    const auto verdict = against_peer(site, peer, *local, *theirs);
    if (!verdict.yes) return verdict;
  }
  if (unseen.empty()) return Verdict::fit();
  // A link that broke moments ago, while redvip looked on, proves as much as a comparison would.
  if (!local->is_master() && !local->is_parked() && may_promote(site, *local).yes) {
    return Verdict::fit();
  }
  return may_lead_unseen(*local, memory, unseen, seen_lately);
}

Verdict may_take_over(const Site& site, const Facts& facts, const std::optional<Memory>& memory,
                      const Observation& local, Instant now) {
  if (!local.is_master() && may_promote(site, local).yes) return Verdict::fit();
  return may_lead(site, facts, memory, now);
}

FollowVerdict may_follow(const RedisConfig& config, const Observation& mine,
                         const Observation& master) {
  if (!master.is_master()) return {Follow::no, "it is not a master (yet)"};
  if (master.loading) return {Follow::no, "it is still loading"};
  const auto comparison = compare(mine, master);
  const auto sentence = "the local Redis (" + holds(mine) + ") " + describe(comparison) +
                        " the owner's (" + holds(master) + ")";
  auto relation = comparison.relation;
  // Without a backlog its writes are not counted: it may have some that no offset tells of.
  const bool uncounted = mine.is_master() && !mine.backlog_active && mine.keys > 0;
  if (relation == Relation::same && uncounted) relation = Relation::diverged;
  switch (relation) {
    case Relation::same:
    case Relation::behind:
    case Relation::mine_empty:
      return {Follow::yes, {}};
    case Relation::diverged:
      if (config.on_divergence == OnDivergence::discard) return {Follow::yes, sentence};
      if (config.on_divergence == OnDivergence::save) return {Follow::save_first, sentence};
      return {Follow::no, sentence};
    case Relation::untrusted:
      // A replica whose own full copy broke off has nothing that could be lost.
      if (mine.keys == 0 && !mine.loading) return {Follow::yes, {}};
      return {Follow::no, sentence};
    case Relation::ahead:
    case Relation::unrelated:
    case Relation::theirs_empty:
      return {Follow::no, sentence};
  }
  return {Follow::no, sentence};
}

}  // namespace redvip
