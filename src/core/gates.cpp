#include "core/gates.hpp"

#include <algorithm>

namespace redvip {
namespace {

// How long a node without better proof waits for a peer that it has just seen.
constexpr Seconds patience_with_unseen{10};
// How long it lets a peer go first that has at least as much and never restarted.
constexpr Seconds patience_with_better{3};

constexpr const char* how_to_decide =
    "If this data is wanted, say so here with 'redvip switchover --force --reason ...'";

std::string holds(const Observation& redis) {
  return std::to_string(redis.keys) + " keys, offset " + std::to_string(redis.applied_offset());
}

bool candidate(const Site& site, NodeIndex node, const Observation& redis) {
  return site.priority(node) && redis.replica_priority > 0 && !redis.cluster_enabled;
}

// What the journal alone says for this dataset: it is the owner's, or has all that the owner was
// known to have.
bool proven(const Observation& local, const Journal& journal) {
  const auto& last = journal.last;
  if (last.served && last.served_by == local.run_id) return true;
  const auto& needed = last.needed;
  const bool in_line = local.replid == needed.replid || local.replid2 == needed.replid;
  if (in_line && local.applied_offset() >= needed.offset) return true;
  const auto past = std::find_if(journal.past.begin(), journal.past.end(),
                                 [&](const auto& line) { return line.replid == needed.replid; });
  if (past == journal.past.end()) return false;
  if (past->exact) return past->until >= needed.offset;
  // An append-only file is replayed whole, but Redis forgets the replication ID over it.
  return last.served && local.aof_enabled;
}

// With some peer out of sight, only the journal can prove that the local data is the latest.
Verdict may_lead_unseen(const Observation& local, const std::optional<Journal>& journal,
                        const std::string& unseen, const std::string& seen_lately) {
  if (!journal) {
    // First installation: a Redis that was the master before redvip came keeps being it.
    if (local.is_master()) return Verdict::fit();
    return Verdict::unfit(unseen +
                          " cannot be seen, and this node has never led or stood by: its "
                          "Redis (" +
                          holds(local) + ") is not a master. " + how_to_decide);
  }
  const auto& last = journal->last;
  if (last.served && last.served_by == local.run_id) return Verdict::fit();
  // Otherwise the rest is circumstantial, and a peer that only hangs can settle it.
  if (!seen_lately.empty()) {
    return Verdict::unfit(seen_lately + ", seen moments ago, may have more: waiting for it");
  }
  if (proven(local, *journal) || (last.served && last.needed.keys == 0)) return Verdict::fit();
  return Verdict::unfit(unseen + " cannot be seen and may have more: this Redis has " +
                        holds(local) + ", but offset " + std::to_string(last.needed.offset) +
                        " with " + std::to_string(last.needed.keys) +
                        " keys was last known of the owner's. " + how_to_decide);
}

// A full copy knows its master's ID, and none of the lines before it; a replica that has changed
// its master takes what it had of the old line for the new one's (redis.md 2.2). Where another node
// has the same as one of the two, its IDs tell how they are related.
Comparison compared_with_peer(const Site& site, const Facts& facts,
                              const std::vector<PastLine>& past, const Observation& local,
                              NodeIndex peer, Instant now) {
  const auto& theirs = *facts.current(now, peer);
  const auto direct = compare(local, theirs, past);
  for (NodeIndex node = 0; node < site.nodes.size(); ++node) {
    const auto* between = facts.current(now, node);
    const auto relation = direct.relation;
    if (relation != Relation::unrelated && relation != Relation::diverged) break;
    if (!between || node == site.self || node == peer) continue;
    const auto here = compare(local, *between, past);
    const auto there = compare(*between, theirs);
    if (!here.exact || !there.exact) continue;
    if (here.relation == Relation::same && there.relation != Relation::unrelated) return there;
    if (there.relation == Relation::same && here.relation != Relation::unrelated) return here;
  }
  return direct;
}

Verdict against_peer(const Site& site, const Facts& facts, const std::optional<Journal>& journal,
                     NodeIndex peer, Instant now, Micros unowned) {
  const auto& local = *facts.current(now, site.self);
  const auto& theirs = *facts.current(now, peer);
  const auto past = journal ? journal->past : std::vector<PastLine>{};
  const auto comparison = compared_with_peer(site, facts, past, local, peer, now);
  const auto sentence = "its Redis (" + holds(local) + ") " + describe(comparison) + " " +
                        site.name(peer) + " (" + holds(theirs) + ")";
  switch (comparison.relation) {
    case Relation::same:
      // Between a Redis that was restarted and one that was not, the second goes first.
      if (!comparison.exact && candidate(site, peer, theirs) && unowned < patience_with_better) {
        return Verdict::unfit(sentence + ", which was not restarted and goes first");
      }
      return Verdict::fit();
    case Relation::ahead:
    case Relation::theirs_empty:
      return Verdict::fit();
    case Relation::diverged:
      // Neither contains the other. The one with more of its own leads, the other's part is saved.
      if (site.service.redis.on_divergence != OnDivergence::hold &&
          comparison.mine_only > comparison.theirs_only) {
        return Verdict::fit();
      }
      if (site.service.redis.on_divergence != OnDivergence::hold) return Verdict::unfit(sentence);
      return Verdict::unfit(sentence + "; on_divergence = \"hold\" waits. " + how_to_decide);
    case Relation::unrelated:
      if (journal && proven(local, *journal)) return Verdict::fit();
      return Verdict::unfit(sentence +
                            ": nobody can tell which is wanted, and leading with one "
                            "would lose the other's. " +
                            how_to_decide);
    case Relation::behind:
      // A master makes its line, and nobody has more of it: the look at it is the older one.
      if (local.is_master() && local.replid == theirs.replid) return Verdict::fit();
      [[fallthrough]];
    case Relation::mine_empty:
      if (candidate(site, peer, theirs)) return Verdict::unfit(sentence);
      return Verdict::unfit(sentence + ", which may not lead itself. " + how_to_decide);
    case Relation::untrusted:
      return Verdict::unfit(sentence);
  }
  return Verdict::unfit(sentence);
}

// A parked one is judged by what it has, not by how long ago its link broke (may_lead).
bool could_lead(const Site& site, const Observation& replica) {
  if (!replica.is_parked()) return may_promote(site, replica).yes;
  return may_be_led_with(replica) && trusted(replica);
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

Verdict may_lead(const Site& site, const Facts& facts, const std::optional<Journal>& journal,
                 Instant now, Micros unowned) {
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
    const auto verdict = against_peer(site, facts, journal, peer, now, unowned);
    if (!verdict.yes) return verdict;
  }
  if (unseen.empty()) return Verdict::fit();
  // A link that broke moments ago, while redvip looked on, proves as much as a comparison would.
  if (!local->is_master() && !local->is_parked() && may_promote(site, *local).yes) {
    return Verdict::fit();
  }
  return may_lead_unseen(*local, journal, unseen, seen_lately);
}

Verdict may_take_over(const Site& site, const Facts& facts, const std::optional<Journal>& journal,
                      const Observation& local, Instant now, Micros unowned) {
  if (!local.is_master() && may_promote(site, local).yes) return Verdict::fit();
  return may_lead(site, facts, journal, now, unowned);
}

std::optional<NodeIndex> longer_history(const Site& site, const Facts& facts,
                                        const Observation& local, Instant now) {
  std::optional<NodeIndex> best;
  std::int64_t most = 0;
  for (const auto peer : site.service.nodes) {
    const auto* theirs = peer == site.self ? nullptr : facts.current(now, peer);
    if (!theirs || theirs->is_master() || !could_lead(site, *theirs)) continue;
    const auto comparison = compared_with_peer(site, facts, {}, local, peer, now);
    if (comparison.relation != Relation::behind || comparison.theirs_only <= most) continue;
    best = peer;
    most = comparison.theirs_only;
  }
  return best;
}

bool may_be_led_with(const Observation& redis) {
  return redis.replica_priority > 0 && !redis.cluster_enabled && !redis.loading &&
         !redis.sync_in_progress;
}

bool may_copy_another(const Observation& replica) {
  return !replica.is_master() && !replica.link_up && !replica.is_parked() && replica.keys > 0;
}

FollowVerdict may_follow(const RedisConfig& config, const Observation& follower,
                         const Observation& master, const Comparison& comparison, bool was_copy) {
  if (!master.is_master()) return {Follow::no, "it is not a master (yet)"};
  if (master.loading) return {Follow::no, "it is still loading"};
  const auto sentence = "this Redis (" + holds(follower) + ") " + describe(comparison) +
                        " the owner's (" + holds(master) + ")";
  const auto by_policy = [&]() -> FollowVerdict {
    if (config.on_divergence == OnDivergence::discard) return {Follow::yes, sentence};
    if (config.on_divergence == OnDivergence::save) return {Follow::save_first, sentence};
    return {Follow::no, sentence + "; on_divergence = \"hold\" waits for an operator"};
  };
  // Without a backlog its writes are not counted: it may have some that no offset tells of.
  const bool uncounted = follower.is_master() && !follower.backlog_active && follower.keys > 0;
  switch (comparison.relation) {
    case Relation::same:
      if (uncounted) return by_policy();
      [[fallthrough]];
    case Relation::behind:
      if (comparison.exact) return {Follow::yes, {}};
      return by_policy();
    case Relation::mine_empty:
      return {Follow::yes, {}};
    case Relation::diverged:
      return by_policy();
    case Relation::untrusted:
      // A replica whose own full copy broke off has nothing that could be lost.
      if (follower.keys == 0 && !follower.loading) return {Follow::yes, {}};
      return {Follow::no, sentence};
    case Relation::unrelated:
      if (was_copy) return by_policy();
      return {Follow::no, sentence +
                              ": following would lose what is here. If that may go, say so "
                              "here with 'REPLICAOF <owner> <port>'"};
    case Relation::ahead:
    case Relation::theirs_empty:
      return {Follow::no, sentence};
  }
  return {Follow::no, sentence};
}

}  // namespace redvip
