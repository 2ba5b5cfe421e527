// What the commands share that ask the daemon for something and wait to see it done.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli.hpp"
#include "daemon/cli_daemon.hpp"
#include "daemon/request.hpp"

namespace redvip::daemon {

struct Outcome {
  bool done = false;  // what was asked has happened
  std::string text;   // a sentence
};

// Who is asked, and how the services stood before.
struct Target {
  Config config;
  int vrid = 0;  // 0: all
  DaemonStatus status;
  std::vector<ServiceStatus> before;  // those that are asked
};

inline constexpr int not_done = 1;

// Prints to standard error; returns `code`.
[[nodiscard]] int say(const std::string& trouble, int code);

// Or the exit code, after the reason was printed.
[[nodiscard]] tl::expected<Target, int> find_target(const Invocation& asked);

// The request of this invocation, by the user who runs it (sudo's, if it is there).
[[nodiscard]] Request request_of(const Invocation& asked);

// Leaves the request and sends the signal; the exit code of what went wrong, after it was printed.
[[nodiscard]] std::optional<int> send(const Target& target, int signal, const Request& request);

using Judge = std::function<std::optional<Outcome>(const ServiceStatus& before,
                                                   const std::optional<DaemonStatus>& now)>;

// Looks until every service is decided or the deadline has passed; prints each outcome once.
[[nodiscard]] int follow(const Target& target, Seconds deadline, const Judge& judge);

[[nodiscard]] const ServiceStatus* find_service(const DaemonStatus& status,
                                                const std::string& name);

}  // namespace redvip::daemon
