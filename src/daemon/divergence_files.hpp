// What a save of a diverged dataset is called, what its README says, and which saves must go.
// Values only: the files themselves are made by divergence_store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "redis/stream_tail.hpp"

namespace redvip::daemon {

// Why a dataset was kept, and what of it the new owner lacks.
struct Divergence {
  std::string owner;       // the node whose Redis leads now
  std::string why;         // a sentence
  std::string replid;      // of the parked Redis; empty: where they parted is not known
  std::int64_t fork = 0;   // the last offset that both have
  std::int64_t until = 0;  // the last that only this one has
};

struct StoreLimits {
  std::size_t count = 10;                         // saves of one service; the newest always stays
  std::uint64_t bytes = std::uint64_t{10} << 30;  // of their files together
};

struct Save {
  std::string name;  // of its directory
  std::uint64_t bytes = 0;
};

// "<service>-<utc>", with `utc` as utc_now() writes it: names of one service sort by age.
[[nodiscard]] std::string save_name(const std::string& service, const std::string& utc);
[[nodiscard]] bool is_save_of(const std::string& service, const std::string& name);

// The oldest beyond either limit, oldest last.
[[nodiscard]] std::vector<std::string> saves_to_remove(std::vector<Save> saves,
                                                       const StoreLimits& limits);

struct Readme {
  std::string service;
  std::string utc;
  Endpoint redis;
  std::string path;  // of the save
  Divergence divergence;
  std::optional<redis::TailReport> tail;
  std::string tail_problem;  // why there is no tail
};

[[nodiscard]] std::string text_of(const Readme& readme);

}  // namespace redvip::daemon
