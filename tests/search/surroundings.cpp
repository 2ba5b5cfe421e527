#include "search/surroundings.hpp"

#include <algorithm>
#include <utility>

#include "core/overload.hpp"
#include "unit/core/scene.hpp"

namespace redvip::search {
namespace {

constexpr std::size_t most_signs = 2;

}  // namespace

Surroundings::Surroundings(NodeIndex self, Planted bug)
    : self_{self}, bug_{bug}, node_{scene::site(self), std::nullopt}, watch_{self} {}

void Surroundings::tell(const Event& event) {
  at_once_.push_back(event);
  if (std::exchange(telling_, true)) return;
  while (!at_once_.empty()) {
    const auto next = std::move(at_once_.front());
    at_once_.pop_front();
    hear(next);
  }
  telling_ = false;
}

void Surroundings::hear(const Event& event) {
  ++events_;
  std::vector<Action> actions;
  if (const auto heard = altered(bug_, self_, event)) {
    actions = altered(bug_, node_.handle(now_, *heard));
  }
  watch_.look(now_, event, actions, node_.service().state());
  if (const auto* done = std::get_if<event::CommandDone>(&event)) {
    remember_sign(-100 - static_cast<std::int64_t>(done->command.index()) * 4 -
                  static_cast<std::int64_t>(done->node) * 2 - (done->error ? 1 : 0));
  }
  for (const auto& action : actions) carry_out(action);
  const bool owned = node_.service().facts().owner(now_).has_value();
  if (owned) unowned_since_.reset();
  if (!owned && !unowned_since_) unowned_since_ = now_;
}

void Surroundings::carry_out(const Action& action) {
  if (script_) {
    if (auto word = scene::Spell{}(action); !word.empty()) script_->push_back(std::move(word));
  }
  std::visit(
      Overload{
          [&](const action::Arm& arm) {
            timers_[static_cast<std::size_t>(arm.timer)] = {arm.generation, now_ + arm.after};
          },
          [&](action::Observe look) {
            if (connected_[look.node]) requests_[look.node].emplace_back(Look{});
          },
          [&](action::Reconnect again) { drop(again.node); },
          [&](const action::Send& command) { send(command); },
          [&](const action::MeasureLink&) { measuring_ = true; },
          [&](action::AddVips) { adding_address_ = true; },
          [&](const action::ReadTail&) { reading_tail_ = true; },
          [&](const action::KeepDataset&) { keeping_dataset_ = true; },
          [&](const action::Remember& news) { journal_ = news.journal; },
          [&](const action::Record& record) {
            if (record.transition.from != record.transition.to) signs_.clear();
          },
          [](const auto&) {},
      },
      action);
  const bool routine = std::holds_alternative<action::Arm>(action) ||
                       std::holds_alternative<action::Note>(action) ||
                       std::holds_alternative<action::Observe>(action) ||
                       std::holds_alternative<action::SendAdvert>(action) ||
                       std::holds_alternative<action::Remember>(action) ||
                       std::holds_alternative<action::Record>(action);
  if (!routine) remember_sign(static_cast<std::int64_t>(action.index()));
}

void Surroundings::send(const action::Send& send) {
  remember_sign(100 + static_cast<std::int64_t>(send.command.index()) * 2 +
                static_cast<std::int64_t>(send.node));
  if (connected_[send.node]) {
    requests_[send.node].emplace_back(send.command);
  } else {
    tell(event::CommandDone{send.node, send.command, Error{"not connected", ""}});
  }
}

// The same again and again, as while it waits, is one sign.
void Surroundings::remember_sign(std::int64_t sign) {
  if (std::find(signs_.begin(), signs_.end(), sign) != signs_.end()) return;
  signs_.push_back(sign);
  if (signs_.size() > most_signs) signs_.pop_front();
}

// Commands that are under way fail; whether Redis has done them is not known.
void Surroundings::drop(NodeIndex node) {
  connected_[node] = false;
  for (const auto& request : std::exchange(requests_[node], {})) {
    const auto* command = std::get_if<Command>(&request);
    if (command) tell(event::CommandDone{node, *command, Error{"connection lost", ""}});
  }
}

bool Surroundings::look_waiting(NodeIndex node) const {
  return waiting(node) && std::holds_alternative<Look>(requests_[node].front());
}

bool Surroundings::command_waiting(NodeIndex node) const {
  return waiting(node) && !look_waiting(node);
}

void Surroundings::observe(NodeIndex node, const Observation& seen) {
  redis_[node] = seen;
  requests_[node].pop_front();
  tell(event::RedisObserved{node, seen});
}

void Surroundings::command_done(NodeIndex node, bool well) {
  const auto command = std::get<Command>(requests_[node].front());
  requests_[node].pop_front();
  if (well) obey(node, command);
  tell(event::CommandDone{node, command, well ? std::nullopt : std::optional{Error{"-ERR", ""}}});
}

void Surroundings::lose(NodeIndex node, Loss loss) {
  auto unanswered = std::exchange(requests_[node], {});
  connected_[node] = false;
  tell(event::RedisLost{node, loss, "lost"});
  requests_[node] = std::move(unanswered);
  drop(node);
}

void Surroundings::connect(NodeIndex node) {
  connected_[node] = true;
  tell(event::RedisConnected{node});
}

void Surroundings::obey(NodeIndex node, const Command& command) {
  if (!redis_[node]) return;
  auto& redis = *redis_[node];
  std::visit(Overload{
                 [&](const command::Promote&) {
                   if (!redis.is_master())
                     redis = scene::promoted(redis.slave_repl_offset, redis.slave_repl_offset);
                 },
                 [&](const command::Park&) {
                   const auto before = redis;
                   redis = scene::parked(before.applied_offset());
                   redis.run_id = before.run_id;
                   redis.replid = before.replid;
                   redis.replid2 = before.replid2;
                   redis.second_repl_offset = before.second_repl_offset;
                   redis.keys = before.keys;
                 },
                 [&](const command::Follow& follow) {
                   const auto master = *node_.service().site().node_at(follow.master.address);
                   const auto& theirs = redis_[master];
                   const bool there = theirs && theirs->is_master() && connected_[master];
                   const auto run_id = redis.run_id;
                   redis = scene::replica_of(
                       master, there ? theirs->applied_offset() : redis.applied_offset());
                   redis.run_id = run_id;
                   redis.link_up = there;
                   if (there) redis.replid = theirs->replid, redis.keys = theirs->keys;
                 },
                 [](const auto&) {},
             },
             command);
}

void Surroundings::measure(std::optional<std::uint32_t> unread) {
  measuring_ = false;
  tell(event::LinkMeasured{unread});
}

void Surroundings::address_added(bool well) {
  adding_address_ = false;
  tell(event::VipsAdded{well ? std::nullopt : std::optional{Error{"RTNETLINK: no", ""}}});
}

void Surroundings::tail_read() {
  reading_tail_ = false;
  tell(event::TailRead{5, "five commands"});
}

void Surroundings::dataset_kept() {
  keeping_dataset_ = false;
  tell(event::DatasetKept{std::string{"diverged"}});
}

void Surroundings::advert(int priority) {
  next_advert_ = now_ + Millis{100};
  const auto heard = scene::advert(other(), priority);
  advert_ = priority > 0 ? std::optional{heard} : std::nullopt;
  tell(heard);
}

void Surroundings::interface(bool up) {
  interface_up_ = up;
  tell(event::InterfaceChanged{node_.service().site().service.interface, up});
}

std::optional<Timer> Surroundings::first_due() const {
  std::optional<Timer> first;
  for (std::size_t i = 0; i < timers_.size(); ++i) {
    if (!timers_[i].due) continue;
    if (!first || *timers_[i].due < *timers_[static_cast<std::size_t>(*first)].due) {
      first = static_cast<Timer>(i);
    }
  }
  return first;
}

void Surroundings::fire(Timer timer) {
  auto& armed = timers_[static_cast<std::size_t>(timer)];
  now_ = std::max(now_, *armed.due);
  armed.due.reset();
  tell(event::TimerFired{timer, armed.generation});
}

void Surroundings::next_timer() {
  if (const auto timer = first_due()) fire(*timer);
}

void Surroundings::pass(Micros duration, World world) {
  const auto end = now_ + duration;
  const bool well = world == World::answering;
  if (well) answer_all();
  while (!watch_.broken() && !watch_.exited()) {
    const auto timer = first_due();
    const auto due = timer ? *timers_[static_cast<std::size_t>(*timer)].due : Instant::max();
    if (well && advert_ && next_advert_ <= std::min(due, end)) {
      now_ = std::max(now_, next_advert_);
      advert(advert_->priority.value());
    } else if (due <= end) {
      fire(*timer);
    } else {
      break;
    }
    if (well) answer_all();
  }
  now_ = std::max(now_, end);
}

void Surroundings::answer_all() {
  for (bool any = true; any && !watch_.broken();) {
    any = false;
    for (const auto node : {self_, other()}) {
      if (!waiting(node)) continue;
      if (command_waiting(node)) {
        command_done(node, true);
      } else if (redis_[node]) {
        observe(node, Observation{*redis_[node]});
      } else {
        continue;
      }
      any = true;
    }
    if (measuring_) measure(0U), any = true;
    if (adding_address_) address_added(true), any = true;
    if (reading_tail_) tail_read(), any = true;
    if (keeping_dataset_) dataset_kept(), any = true;
  }
}

}  // namespace redvip::search
