// What one run of one system under one fault has shown. Plain data, and its JSON.
//
// Times are milliseconds since the fault struck, on the clock of the clients.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/machine.hpp"
#include "core/result.hpp"

namespace redvip::bench {

using Ms = double;

struct Span {
  Ms from = 0;
  Ms to = 0;
  bool operator==(const Span&) const = default;
};

// The writes of one group of clients, as spans without a longer pause.
struct Lane {
  std::string client;  // "client", or "client beside the old owner"
  std::vector<Span> acknowledged{};
  std::vector<Span> lost{};    // acknowledged, and in no dataset at the end
  std::vector<Span> saved{};   // acknowledged, and only in what was put aside for the operator
  std::vector<Span> failed{};  // answered by an error, a reset or a timeout
};

struct Run {
  std::string system;     // System::id
  std::string fault;      // Fault::id
  Ms phase = 0;           // how much later than after the load's first second it struck
  std::string problem{};  // why there is no result; empty: there is one

  Ms longest = 0;     // longest time in which no client's write was acknowledged
  Ms summed = 0;      // all such times above summed_from
  Ms unluckiest = 0;  // longest time that one connection was without an acknowledgement
  Ms noise = 0;       // the longest time without one in the second before the fault
  std::size_t acknowledged = 0;
  std::size_t lost = 0;
  std::size_t saved = 0;
  std::size_t errors = 0;           // writes that failed after they were sent
  std::size_t failed_connects = 0;  // about one each millisecond while there is nobody
  std::map<std::string, std::size_t> errors_by_kind{};
  Ms two_masters = 0;             // both servers acknowledged to somebody
  Ms healed = 0;                  // when what the fault had broken was put right
  Ms ended = 0;                   // when the clients were stopped
  Ms took = 0;                    // the whole run, but for waiting for its turn
  std::optional<Ms> redundant{};  // from then until one follows the other; absent: never
  std::string remark{};           // what it has come to, if not to a pair
  MachineUse machine{};
  std::vector<Lane> lanes{};
  std::map<std::string, std::string> settings{};  // file name -> text
};

inline constexpr Ms summed_from = 10;

[[nodiscard]] std::string to_json(const Run& run);
[[nodiscard]] Result<Run> run_from_json(const std::string& text);

}  // namespace redvip::bench
