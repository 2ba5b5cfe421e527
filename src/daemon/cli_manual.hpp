// What each command is for, in some sentences, and how it is used: for people. What it takes is in
// cli.cpp.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace redvip::daemon {

struct ManualEntry {
  struct Example {
    std::string_view command;
    std::string_view meaning;
  };
  std::string_view name;
  std::string_view group;  // the heading in --help
  std::string_view text;
  std::vector<Example> examples;
};

[[nodiscard]] std::span<const ManualEntry> manual_entries();
[[nodiscard]] const ManualEntry* find_manual_entry(std::string_view command);  // nullptr: none

}  // namespace redvip::daemon
