// The service machine (DESIGN section 5): decides when the address really moves and which Redis is
// master. VRRP only tells it to lead or to follow. Pure: what it knows is in Facts, what it wants
// is in the Orders it returns. Decisions are level-triggered: after every event the function of the
// present state looks at the facts; `happened<E>()` is for the few things that are edges.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/action.hpp"
#include "core/facts.hpp"
#include "core/gates.hpp"
#include "core/service_steps.hpp"

namespace redvip {

class Service {
 public:
  Service(Site site, std::optional<Journal> journal);
  Service(const Service&) = delete;  // facts_ points into site_
  Service& operator=(const Service&) = delete;

  [[nodiscard]] std::vector<Order> handle(Instant now, const Event& event);

  [[nodiscard]] const Site& site() const { return site_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Instant state_since() const { return state_since_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] bool paused() const { return paused_since_.has_value(); }
  [[nodiscard]] std::optional<Instant> paused_since() const { return paused_since_; }
  [[nodiscard]] std::optional<Instant> pause_ends() const { return pause_ends_; }  // by itself
  [[nodiscard]] Priority priority() const;  // effective: base, trackers, incumbent's advantage
  [[nodiscard]] bool rival_heard(Instant now) const;
  // Whoever is not heard for so long does not lead: three adverts and the longest skew.
  [[nodiscard]] Micros silence() const { return 4 * Micros{site_.service.advert_interval}; }
  // Nothing is wrong here but another service of the group.
  [[nodiscard]] bool blocked_by_group() const;
  // Who could take over now; or nobody and why not. Meaningful on the owner.
  [[nodiscard]] std::pair<std::optional<NodeIndex>, std::string> successor(Instant now) const;
  // Why that node could not take over from us now; empty: it could.
  [[nodiscard]] std::string objection_to(NodeIndex node, Instant now) const;
  // The owner has just released it, and nobody comes before us: there is nobody to wait for.
  [[nodiscard]] bool first_in_line() const;
  // About how long clients would wait if it did.
  [[nodiscard]] Micros switchover_estimate(NodeIndex node) const;

 private:
  template <class E>
  [[nodiscard]] const E* happened() const {
    return event_ ? std::get_if<E>(event_) : nullptr;
  }
  [[nodiscard]] bool fired(Timer timer) const;
  [[nodiscard]] const Observation* observed(NodeIndex node) const;
  // That command of ours, answered by that Redis; an earlier one's answer may still be on its way.
  template <class C>
  [[nodiscard]] const event::CommandDone* done(NodeIndex node) const {
    const auto* happening = happened<event::CommandDone>();
    const bool ours =
        happening && happening->node == node && std::holds_alternative<C>(happening->command);
    return ours ? happening : nullptr;
  }

  // service.cpp: what every state shares
  void housekeeping(const Event& event);
  void meet(const Observation& mine);
  void meet(const event::StrangerAnswered& stranger);
  void decide();
  void order(Action action) { orders_.emplace_back(std::move(action)); }
  void order(ElectionRequest request);
  void arm(Timer timer, Micros after) { order(action::Arm{timer, after, 0}); }
  void ask(NodeIndex node);
  void poll(NodeIndex node, Micros again = Millis{1});
  void poll_soon(NodeIndex node, Instant since);
  void poll_again(Instant since);
  void note(bool warning, std::string text) { order(action::Note{warning, std::move(text)}); }
  void mark(std::string phase) { marks_.emplace_back(std::move(phase), now_); }
  void update_priority();
  [[nodiscard]] std::optional<std::string> failed_interface() const;
  [[nodiscard]] std::optional<std::string> own_failure() const;
  [[nodiscard]] std::optional<std::string> failure() const;
  [[nodiscard]] std::string conflict() const;
  [[nodiscard]] Priority weighted_priority(NodeIndex node, bool up) const;
  [[nodiscard]] Priority unimpaired_priority(NodeIndex node) const;
  [[nodiscard]] bool impaired(const Owner& owner) const;
  void probe_vips();
  [[nodiscard]] const Observation* local() const { return facts_.current(now_, site_.self); }
  [[nodiscard]] const Observation* at(NodeIndex node) const { return facts_.current(now_, node); }
  [[nodiscard]] bool follows(const Observation& redis, NodeIndex master) const;
  [[nodiscard]] Comparison compared_with(const Observation& theirs) const;
  [[nodiscard]] Micros unowned() const;
  void command(NodeIndex node, const Command& what);
  // Where no other question is open, what it leaves behind is told with its confirmation.
  void command_and_look(NodeIndex node, const Command& what);
  void park(NodeIndex node, const Observation& redis, bool stranger = false);
  [[nodiscard]] std::vector<Endpoint> killable_clients(const Observation& redis) const;

  // service_record.cpp: what is written down
  [[nodiscard]] Transition transition_to(State next, std::string cause) const;
  [[nodiscard]] Motive motive_for(State next) const;
  [[nodiscard]] std::optional<NodeIndex> other_node(State next) const;
  void enter(State next, std::string cause);
  void refuse(std::string cause);
  void record(std::string cause, Motive motive, Toll toll = {});
  void pause(const event::PauseAsked& asked);
  void resume(const std::string& why, const std::string& by);
  [[nodiscard]] std::string redis_summary(NodeIndex node) const;

  // service_placement.cpp
  void place(const std::string& because);
  [[nodiscard]] std::pair<State, std::string> placement();
  void remember();
  [[nodiscard]] std::optional<JournalEntry> worth_remembering() const;

  // service_waiting.cpp: starting, standby, holding, fault
  void starting();
  void standby();
  void holding();
  void fault();
  void follow_owner(NodeIndex owner);
  void let_go_of_address();
  void refuse_clients();
  void admit_clients();
  [[nodiscard]] bool link_is_read(const Observation& mine);
  void park_ourselves(const Observation& mine);
  void call_off_copy();
  [[nodiscard]] bool would_copy_another(const Observation& mine) const;
  [[nodiscard]] bool answer_is_due() const;
  void asked_to_take_over(const event::SwitchoverAsked& asked, const Owner& owner);
  [[nodiscard]] std::string unfit_to_request(const Owner& owner) const;

  // service_fetching.cpp: holding, where the Redis with all the data has no redvip
  [[nodiscard]] std::optional<NodeIndex> orphan() const;
  bool fetch_from_orphan();
  // How long that node's redvip could have led with its Redis, and nobody led. On a host that boots
  // Redis may be there a while before it.
  [[nodiscard]] Micros unled(NodeIndex node) const;
  // For a redvip that would have to lead.
  [[nodiscard]] Micros patience_with_missing() const { return 10 * silence(); }

  // service_keeping.cpp: what a diverged dataset has is saved before it follows
  void keep_dataset(const std::string& why, NodeIndex owner, const Comparison& comparison);
  void tail_read(const event::TailRead& tail);
  void dataset_kept(const event::DatasetKept& kept);
  void try_keeping_again(const std::string& problem);

  // service_takeover.cpp: promoting, until the old owner's stream is read
  void begin_takeover(const std::string& cause, Motive motive, bool requested);
  void begin_forced_takeover(const std::string& reason);
  void start_takeover(const std::string& cause);
  void first_step();
  [[nodiscard]] Verdict fit_to_take_over(const Observation& mine) const;
  void guard_link();
  void unguard();
  void promoting();
  void freezing();
  void catching_up();
  void parking();
  void draining();
  void step_to(TakeOver::Step step);

  // service_promotion.cpp: promoting, from there on
  void drained();
  [[nodiscard]] bool others_looked_at();
  void promote();
  void addressing();
  [[nodiscard]] Toll toll_of_takeover() const;
  void abandon(const std::string& why);
  void unpause_the_other();
  void end_our_pause();

  // service_watch.cpp: other people's hands, and our own haste
  void notice_foreign_hands(const Observation& mine);
  void notice_progress(NodeIndex node, const Observation& seen);
  [[nodiscard]] std::int64_t unfed_bytes(const Observation& replica) const;
  [[nodiscard]] bool someone_interferes() const;
  [[nodiscard]] Micros patience_with_interference() const;
  [[nodiscard]] std::string too_many_moves() const;
  void require_replicas();
  void require_replicas(int count);

  // service_serving.cpp: serving
  void serving();
  [[nodiscard]] bool owner_must_stop();
  [[nodiscard]] bool tracked_failure_ends_it();
  enum class Address : std::uint8_t { off, until_claimed };
  void lose(State next, const std::string& cause, Address address);
  void guard_address();
  void keep_address();
  void announce_again();
  [[nodiscard]] bool cut_off_perhaps() const;
  [[nodiscard]] bool peer_is_back() const;
  void align_peers();
  void give_up_advantage();

  // service_reload.cpp
  void reconfigure(const ServiceConfig& service);

  // service_handover.cpp: handing_over
  void asked_to_hand_over(const event::SwitchoverAsked& asked);
  void begin_handover(const std::string& cause, Motive motive);
  void handing_over();
  [[nodiscard]] Micros skew_of(NodeIndex successor) const;
  void freeze_own_writes();
  void wait_for_successor();
  void take_back(std::string why);
  void reclaim();
  void release_to_successor();
  void leave_for_good();

  Site site_;
  Facts facts_;
  std::optional<Journal> journal_;
  State state_ = State::starting;
  std::string reason_ = "looking around";
  std::string asked_by_;  // of the role change that is under way
  std::optional<Instant> started_;
  Instant state_since_{};
  Instant unowned_since_{};
  std::optional<Instant> paused_since_;
  std::optional<Instant> pause_ends_;
  bool looking_ = false;  // after a stall: nothing is sent before it has listened
  bool terminating_ = false;
  bool left_ = false;  // for good: everything is released
  TakeOver takeover_;
  HandOver handover_;
  Keeping keeping_;
  Toll toll_;                               // of the transition to come
  std::optional<std::int64_t> joining_at_;  // what we had in common with the master we follow now
  std::optional<Instant> follow_sent_;
  std::optional<Instant> reading_link_since_;  // before we follow another
  std::optional<Instant> park_sent_;
  bool refusing_clients_ = false;
  std::optional<Instant> refuse_clients_at_;
  Instant writes_paused_until_{};                 // of the local Redis, by our hand-over
  std::optional<NodeIndex> unpause_when_parked_;  // paused for a take-over that was given up
  std::optional<Instant> let_go_at_;  // the address outlives our ownership until then at most
  Instant held_until_{};              // after a take-over that failed: not at once again
  Micros patience_after_failure_{0};  // before it preempts of its own accord again
  Instant preempts_again_{};
  std::string known_run_id_;          // of the local Redis: another one is a stranger
  std::string serving_run_id_;
  std::optional<Priority> advantage_;
  std::optional<Priority> sent_priority_;
  std::optional<Instant> rival_heard_;
  std::string group_blocked_by_;            // another service of the group; empty: none
  std::optional<Instant> handover_failed_;  // nobody took over
  bool asked_before_announcing_ = false;
  std::optional<Instant> probed_;                    // who else answers for the virtual IPs
  std::optional<event::StrangerAnswered> stranger_;  // who did
  Instant stranger_at_{};
  Instant stranger_noted_at_{};
  std::vector<std::optional<Instant>> misaligned_since_;  // peers that do not follow us
  std::optional<Instant> remembered_at_;
  std::vector<Instant> moves_;              // our own take-overs that no operator asked for
  std::optional<Instant> commanded_at_;     // the local Redis, by us
  std::optional<Observation> seen_before_;  // the local Redis, at the look before
  std::vector<Instant> interferences_;      // somebody else changed its role
  std::optional<int> required_replicas_;    // min-replicas-to-write, as we set it
  // The last look at the master of our line, while it was one.
  struct MasterSeen {
    std::string replid;
    std::int64_t offset;
    std::int64_t write_rate;
    Instant at;
  };
  std::optional<MasterSeen> master_seen_;
  // A standby is fed once it has applied what the owner had some looks ago. Until then the stream
  // may be held back although its link is up (redis.md section 1, master_link_status).
  struct OwnerOffset {
    Instant at;
    std::int64_t offset;
  };
  std::vector<OwnerOffset> owner_offsets_;
  std::string owner_replid_;
  std::vector<std::pair<std::string, Instant>> marks_;  // of the phases of a role change

  // Only while handle() runs.
  Instant now_{};
  const Event* event_ = nullptr;
  std::vector<Order> orders_;
};

}  // namespace redvip
