// The faults that the tests master, the bench measures and the demo shows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lab/lab.hpp"

namespace redvip::lab {

// Who may serve when the fault has been mastered.
enum class Successor : std::uint8_t { the_other, the_same, either };

struct Fault {
  std::string name;
  std::function<void(Lab&, Node& owner)> strike;
  // Puts right what an operator or a supervisor would; the rest heals by itself.
  std::function<void(Lab&, Node& owner)> heal = [](Lab&, Node&) {};
  Successor successor = Successor::the_other;
  std::chrono::milliseconds lasts{0};                            // at least, from strike to heal
  std::chrono::milliseconds patience = std::chrono::seconds{3};  // of the client that meets it
};

// The same fault met by a client that gives up on a silent connection after 100 ms. One that does
// not waits for TCP, which sends again after 0.2 s and then not before another 0.4 s.
[[nodiscard]] Fault impatient(Fault fault);

[[nodiscard]] Fault redis_killed();  // and started again later
[[nodiscard]] Fault redis_killed_and_restarted();
[[nodiscard]] Fault redis_frozen();
[[nodiscard]] Fault host_cut_off();
[[nodiscard]] Fault carrier_lost();
[[nodiscard]] Fault daemon_killed();
[[nodiscard]] Fault daemon_frozen();  // for 8 s
[[nodiscard]] Fault replica_killed();
[[nodiscard]] Fault daemon_terminated();   // SIGTERM
[[nodiscard]] Fault planned_switchover();  // SIGUSR2

[[nodiscard]] std::vector<Fault> all_faults();

}  // namespace redvip::lab
