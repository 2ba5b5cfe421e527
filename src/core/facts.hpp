// What a node knows about the world right now, kept up to date by every event and by nothing else.
// No decision is taken here.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "core/site.hpp"

namespace redvip {

struct RedisFacts {
  enum class Reach : std::uint8_t { unknown, answering, refusing, lost };

  Reach reach = Reach::unknown;
  std::optional<Observation> last;     // the last good answer, however old
  std::optional<Instant> answered_at;  // of any kind that proves it alive
  std::optional<Instant> observed_at;  // that last good answer
  std::optional<Instant> back_at{};    // answers since then, and was not lost in between
  std::optional<Instant> asked_at;     // a question still without an answer
  Refusal refusal = Refusal::other;    // while refusing
  Loss loss = Loss::closed;            // while lost
  std::string problem;                 // while refusing or lost: its words
  Micros round_trip{0};                // of the last question and its answer
  std::optional<Instant> spoke_at{};   // its host: an answer, a connection, a refusal
  Micros silent_for{0};                // until then
  std::int64_t write_rate = 0;         // of a master: bytes per second, the most of late

  // Its process has ended: the host answers, and nobody listens there.
  [[nodiscard]] bool gone() const { return reach == Reach::lost && loss == Loss::refused; }
};

// As last told. Until then it counts as down: a check that never answers must not pass. One that a
// reload added counts as up until then.
struct TrackFacts {
  bool known = false;
  bool up = false;
  std::string why;
};

// A peer's redvip, as the local Redis knows it.
struct PeerFacts {
  Presence presence;
  std::optional<Instant> seen_at;
  bool missing = false;  // since it was looked for last
  bool lets_go = false;  // the last look was the first that found it not to serve
};

struct Owner {
  NodeIndex node;
  Priority priority;
  Instant heard_at;
  Instant first_heard_at;  // since it began to advertise without a break
  Micros expires_after;    // its active-down interval as seen from here
};

class Facts {
 public:
  explicit Facts(const Site& site)
      : site_{&site},
        redis_(site.nodes.size()),
        peers_(site.nodes.size()),
        tracks_(site.service.tracks.size()) {}

  void update(Instant now, const Event& event);
  // A question was sent; answers are dated against it.
  void asked(Instant now, NodeIndex node);
  // After a stall nothing known before it may decide anything.
  void forget_freshness();

  [[nodiscard]] const RedisFacts& redis(NodeIndex node) const { return redis_[node]; }
  // The present observation; null when the Redis does not answer, or not within `down_after`.
  [[nodiscard]] const Observation* current(Instant now, NodeIndex node) const;
  // Whether it would answer a question now, as far as anybody can tell: nothing that was asked
  // longer than `patience` ago is still without an answer.
  [[nodiscard]] bool responsive(Instant now, NodeIndex node, Micros patience) const;
  // The same of one that may say no more than an error (wrong password): its host is there.
  [[nodiscard]] bool heard_from(Instant now, NodeIndex node, Micros patience) const;
  // It was asked for the first time over its connection, no longer than `patience` ago.
  [[nodiscard]] bool answer_due(Instant now, NodeIndex node, Micros patience) const;
  // Alive or not to be judged (wrong password): no reason to move anything.
  [[nodiscard]] bool local_up(Instant now) const;
  [[nodiscard]] std::string local_problem(Instant now) const;
  // Nothing more can be learnt by waiting: it answered, is gone, or has been silent for down_after.
  [[nodiscard]] bool judged(Instant now, NodeIndex node, Instant since) const;

  // What that node's redvip last told of itself; null when it is not known now.
  [[nodiscard]] const Presence* peer(Instant now, NodeIndex node) const;
  // When last seen it did not serve, and the time before it did or was missed.
  [[nodiscard]] bool peer_lets_go(NodeIndex node) const { return peers_[node].lets_go; }
  // It was looked for where it would be, and is not there.
  [[nodiscard]] bool peer_missing(Instant now, NodeIndex node) const;

  // Who advertises; none once its active-down interval has passed without an advert.
  [[nodiscard]] std::optional<Owner> owner(Instant now) const;
  [[nodiscard]] const std::optional<Owner>& last_owner() const { return owner_; }
  // The node whose priority-0 advert ended its ownership, until another leads.
  [[nodiscard]] std::optional<NodeIndex> released_by() const { return released_by_; }
  [[nodiscard]] std::optional<NodeIndex> master_of_local() const;

  [[nodiscard]] bool interface_up(const std::string& name) const;
  // Of the service's tracks, by their index.
  [[nodiscard]] TrackFacts track(std::size_t index) const;
  [[nodiscard]] bool tracks_known() const;
  // The service's tracks changed: those that stayed keep what is known of them.
  void retrack(const std::vector<Track>& before);
  [[nodiscard]] bool leading() const { return leading_; }
  [[nodiscard]] bool vips_present() const { return vips_present_; }
  void set_vips_present(bool present) { vips_present_ = present; }
  void set_leading(bool leading) { leading_ = leading; }

 private:
  void heard(Instant now, const event::AdvertHeard& advert);

  const Site* site_;
  std::vector<RedisFacts> redis_;
  std::vector<PeerFacts> peers_;
  std::optional<Owner> owner_;
  std::optional<NodeIndex> released_by_;
  std::map<std::string, bool> interfaces_;
  std::vector<TrackFacts> tracks_;
  bool leading_ = false;
  bool vips_present_ = false;
};

}  // namespace redvip
