// The states of the service machine (DESIGN section 5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace redvip {

enum class State : std::uint8_t {
  starting,
  standby,
  promoting,
  serving,
  handing_over,
  fault,
  holding,
};

inline constexpr std::array all_states{State::starting, State::standby,      State::promoting,
                                       State::serving,  State::handing_over, State::fault,
                                       State::holding};

[[nodiscard]] constexpr const char* name(State state) {
  switch (state) {
    case State::starting:
      return "starting";
    case State::standby:
      return "standby";
    case State::promoting:
      return "promoting";
    case State::serving:
      return "serving";
    case State::handing_over:
      return "handing_over";
    case State::fault:
      return "fault";
    case State::holding:
      return "holding";
  }
  return "";
}

[[nodiscard]] constexpr std::optional<State> state_named(std::string_view text) {
  for (const auto state : all_states) {
    if (text == name(state)) return state;
  }
  return std::nullopt;
}

}  // namespace redvip
