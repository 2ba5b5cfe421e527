// The programs that keepalived.conf names, found and read.
#pragma once

#include <string>
#include <vector>

#include "daemon/import/files.hpp"
#include "daemon/import/script_facts.hpp"

namespace redvip::keepalived {

struct Script {
  Command command;
  std::string path;      // the file that was read; empty: none
  std::string unread;    // why the file was not read; empty: it was, or there is none to read
  bool by_name = false;  // it was not read, but its name or arguments say Redis
  ScriptFacts facts;

  [[nodiscard]] bool about_redis() const { return by_name || facts.about_redis(); }
  // Read, and nothing in it does anything to the world.
  [[nodiscard]] bool only_writes() const;
  [[nodiscard]] std::string shown() const;  // the program without its arguments
};

// Where the files of one host are to be looked for.
struct ScriptPlaces {
  std::string configuration;  // its keepalived.conf
  std::string root;           // --scripts: a copy of the host's files; empty: not given
  bool this_host = false;     // the absolute path itself may be read too
};

[[nodiscard]] Script read_command_script(const Command& command, const ScriptPlaces& places,
                                         const Files& files);

}  // namespace redvip::keepalived
