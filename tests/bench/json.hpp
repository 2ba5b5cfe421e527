// What the JSON of the bench's files is made of. What is missing in them throws.
#pragma once

#include <boost/json.hpp>
#include <cmath>
#include <filesystem>
#include <string>

#include "bench/machine.hpp"
#include "bench/results.hpp"
#include "bench/run.hpp"

namespace redvip::bench {

inline double tenths(double value) {
  return std::round(value * 10) / 10;
}

inline double number_at(const boost::json::object& object, const char* name) {
  return object.at(name).to_number<double>();
}

[[nodiscard]] boost::json::object to_object(const Run& run);
[[nodiscard]] boost::json::object to_object(const MachineUse& use);
[[nodiscard]] MachineUse machine_use_from(const boost::json::object& object);

// What every file begins with: which bench, when, on what, with which versions and by which
// command.
[[nodiscard]] boost::json::object file_head(const std::string& bench, const std::string& command);
[[nodiscard]] Origin origin_of(const boost::json::object& file);
// One value a line, so that a difference can be read.
void write_json(const std::filesystem::path& path, const boost::json::object& object);
// An empty object: there is no such file. Throws LabError for what is not JSON.
[[nodiscard]] boost::json::object read_json(const std::filesystem::path& path);

}  // namespace redvip::bench
