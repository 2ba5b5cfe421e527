// Every change of state that the service machine makes, and what it means. Service::enter asserts
// that there is no other, the simulator shows that each of them happens, and the diagram of
// docs/how-it-works.md is drawn from here.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "core/action.hpp"

namespace redvip {

struct KnownTransition {
  State from;
  State to;
  std::string_view meaning;  // a few words for the diagram; causes are sentences in the history
};

inline constexpr auto known_transitions = std::to_array<KnownTransition>({
    {State::starting, State::standby, "fit to lead"},
    {State::starting, State::holding, "not fit to lead yet"},
    {State::starting, State::fault, "Redis, interface or track down"},
    {State::standby, State::promoting, "owner gone, or asked to"},
    {State::standby, State::holding, "no longer fit to lead"},
    {State::standby, State::fault, "Redis, interface or track down"},
    {State::promoting, State::serving, "promoted, then the address announced"},
    {State::promoting, State::holding, "another should lead, or failed"},
    {State::promoting, State::fault, "Redis, interface or track down"},
    {State::serving, State::handing_over, "asked to, and a standby is fit"},
    {State::serving, State::holding, "another leads, or Redis was restarted"},
    {State::serving, State::fault, "Redis, interface or track down"},
    {State::handing_over, State::holding, "the successor has it"},
    {State::handing_over, State::serving, "nobody took it"},
    {State::handing_over, State::fault, "Redis or interface down"},
    {State::holding, State::standby, "in sync, or shown to have most"},
    {State::holding, State::promoting, "forced by an operator"},
    {State::holding, State::fault, "Redis, interface or track down"},
    {State::fault, State::standby, "well again and fit to lead"},
    {State::fault, State::holding, "well again, not fit yet"},
});

[[nodiscard]] constexpr bool is_known_transition(State from, State to) {
  return std::any_of(known_transitions.begin(), known_transitions.end(),
                     [&](const auto& known) { return known.from == from && known.to == to; });
}

}  // namespace redvip
