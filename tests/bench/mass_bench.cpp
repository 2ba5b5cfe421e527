// All services of a host move at once.
#include <spdlog/fmt/fmt.h>

#include <iostream>

#include "bench/await.hpp"
#include "bench/benches.hpp"
#include "bench/fleet.hpp"
#include "bench/json.hpp"
#include "bench/measure.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct Move {
  std::string system;
  int services = 0;
  std::vector<Ms> back{};  // of each service: when a write was acknowledged again
  std::size_t never = 0;
};

Move move_all(FleetManager manager, int services) {
  Fleet fleet{{.manager = manager, .services = services}};
  auto clients = fleet.write(100ms);
  const auto all_write = [&] {
    return std::all_of(clients.begin(), clients.end(),
                       [](const auto& client) { return client->acknowledged() > 5; });
  };
  if (!await(all_write, 60s)) throw lab::LabError{"not every service is written to"};
  std::this_thread::sleep_for(2s);
  const auto cut = Clock::now();
  fleet.network.cut(fleet.a.host);
  // What was on its way when the cable was cut is no news of the other host.
  const auto moved = cut + 50ms;
  const auto all_again = [&] {
    return std::all_of(clients.begin(), clients.end(),
                       [&](const auto& client) { return client->last_ack() > moved; });
  };
  (void)await(all_again, 60s);
  Move move{to_text(manager), services};
  for (const auto& client : clients) {
    client->stop();
    Ms first = -1;
    for (const Ack& ack : client->acks()) {
      if (ack.at <= moved) continue;
      first = std::chrono::duration<double, std::milli>(ack.at - cut).count();
      break;
    }
    if (first < 0)
      ++move.never;
    else
      move.back.push_back(first);
  }
  return move;
}

std::vector<std::string> row(const std::vector<Move>& moves) {
  std::vector<double> half, most, last;
  std::size_t never = 0;
  for (const Move& move : moves) {
    half.push_back(percentile(move.back, 0.5));
    most.push_back(percentile(move.back, 0.99));
    last.push_back(percentile(move.back, 1));
    never += move.never;
  }
  return {moves.front().system,        std::to_string(moves.front().services),
          duration_text(spread(half)), duration_text(spread(most)),
          duration_text(spread(last)), std::to_string(never)};
}

}  // namespace

void mass_bench(const BenchOptions& options, const std::vector<int>& services, int runs) {
  Table table{
      "A host with many services is cut off: when they are written to again",
      fmt::format("Medians of {} runs (least .. most). One client for each service; it gives a "
                  "connect 50 ms and an answer 100 ms.",
                  runs),
      {"system", "services", "half of them", "99 %", "the last", "never in a minute"},
      {}};
  json::array raw;
  for (const int count : services) {
    std::vector<std::vector<Move>> moves(2);
    for (int run = 0; run < runs; ++run) {
      std::size_t system = 0;
      for (const auto manager : {FleetManager::redvip, FleetManager::keepalived}) {
        auto& of_system = moves[system++];
        try {
          of_system.push_back(move_all(manager, count));
        } catch (const lab::LabError& error) {
          std::cerr << error.what() << "\n";
          table.note +=
              fmt::format(" {} did not settle with {} services.", to_text(manager), count);
          continue;
        }
        const Move& move = of_system.back();
        std::cerr << move.system << ", " << count << ": " << percentile(move.back, 1) << " ms\n";
        raw.push_back(json::object{{"system", move.system},
                                   {"services", count},
                                   {"back_ms", json::value_from(move.back)},
                                   {"never", move.never}});
      }
    }
    for (const auto& system : moves) {
      if (!system.empty()) table.rows.push_back(row(system));
    }
    write_bench(options, "mass", {table}, {}, raw);
  }
}

}  // namespace redvip::bench
