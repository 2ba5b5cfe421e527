// The servers that these tests run on: the one of REDVIP_REDIS_SERVER, or else the one in PATH and
// all that tests/lab/servers has fetched.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace redvip::history {

struct Version {
  std::string path;
  std::string name;  // "Redis server v=7.0.15", in its own words
  int major = 0;     // of Redis, or of Valkey
  bool valkey = false;

  // redis.md section 2.1: what a master remembers of its history over a restart with an RDB file.
  [[nodiscard]] bool keeps_lineage_in_rdb() const { return valkey || major >= 7; }
  // Measured on 8.0.2: the offset of an AOF survives, its ID does not.
  [[nodiscard]] bool keeps_offset_in_aof() const { return !valkey && major >= 8; }
};

std::ostream& operator<<(std::ostream& out, const Version& version);

// At least one; which ones is printed once.
const std::vector<Version>& versions();

}  // namespace redvip::history
