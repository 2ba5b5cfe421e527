// All services of a host move at once.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>

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
  std::vector<Ms> back{};  // of each service: when the other host acknowledged a write
  std::size_t never = 0;
  std::size_t elsewhere = 0;  // those that the other host had already
  int put_right = 0;          // Redis servers that keepalived's scripts left in the wrong role
};

std::optional<Clock::time_point> first_of_second(const Clients& client) {
  const auto acks = client.acks();
  const auto found = std::ranges::find(acks, Fleet::second, &Ack::server);
  return found == acks.end() ? std::nullopt : std::optional{found->at};
}

// A busy machine takes a while to carry out the cut: it was when the last write got through.
Clock::time_point last_of_first(const std::vector<std::unique_ptr<Clients>>& clients) {
  Clock::time_point last{};
  for (const auto& client : clients) {
    for (const Ack& ack : client->acks()) {
      if (ack.server == Fleet::first) last = std::max(last, ack.at);
    }
  }
  return last;
}

Move move_all(FleetManager manager, int services) {
  Fleet fleet{{.manager = manager, .services = services}};
  auto clients = fleet.write(100ms);
  const auto all_write = [&] {
    return std::all_of(clients.begin(), clients.end(),
                       [](const auto& client) { return client->acknowledged() > 5; });
  };
  if (!await(all_write, 60s)) throw lab::LabError{"not every service is written to"};
  std::this_thread::sleep_for(2s);
  fleet.network.cut(fleet.a.host);
  const auto moved = [](const auto& client) { return first_of_second(*client).has_value(); };
  (void)await([&] { return std::ranges::all_of(clients, moved); }, 60s);
  for (const auto& client : clients) client->stop();
  Move move{to_text(manager), services};
  move.put_right = fleet.put_right();
  const auto cut = last_of_first(clients);
  for (const auto& client : clients) {
    const auto back = first_of_second(*client);
    if (back && *back < cut) {
      ++move.elsewhere;
    } else if (back) {
      move.back.push_back(std::chrono::duration<double, std::milli>(*back - cut).count());
    } else {
      ++move.never;
    }
  }
  return move;
}

std::vector<std::string> row(const std::vector<Move>& moves) {
  std::vector<double> half, most, last;
  std::size_t never = 0;
  std::size_t elsewhere = 0;
  int put_right = 0;
  for (const Move& move : moves) {
    elsewhere += move.elsewhere;
    put_right += move.put_right;
    half.push_back(percentile(move.back, 0.5));
    most.push_back(percentile(move.back, 0.99));
    last.push_back(percentile(move.back, 1));
    never += move.never;
  }
  return {moves.front().system,         std::to_string(moves.front().services),
          std::to_string(moves.size()), duration_text(spread(half)),
          duration_text(spread(most)),  duration_text(spread(last)),
          std::to_string(never),        std::to_string(elsewhere),
          std::to_string(put_right)};
}

struct Moves {
  std::map<std::pair<int, FleetManager>, std::vector<Move>> moves{};
  std::map<FleetManager, int> unsettled{};  // from so many services on
};

void write(const BenchOptions& options, const Moves& all) {
  Table table{
      "A host with many services is cut off: when they are written to again",
      "Medians (least .. most), from the last write that the cut host acknowledged to the first of "
      "the other. One client for each service; it gives a connect 50 ms and an answer 100 ms.",
      {"system", "services", "runs", "half of them", "99 %", "the last", "never in a minute",
       "not on that host", "roles that the bench put right before"},
      {}};
  json::array raw;
  for (const auto& [which, moves] : all.moves) {
    if (moves.empty()) continue;
    table.rows.push_back(row(moves));
    for (const Move& move : moves) {
      raw.push_back(json::object{{"system", move.system},
                                 {"services", move.services},
                                 {"back_ms", json::value_from(move.back)},
                                 {"never", move.never},
                                 {"elsewhere", move.elsewhere},
                                 {"put_right", move.put_right}});
    }
  }
  for (const auto& [manager, count] : all.unsettled) {
    table.note += fmt::format(" {} did not settle with {} services, and was asked for no more.",
                              to_text(manager), count);
  }
  write_bench(options, "mass", {table}, {}, std::move(raw));
}

}  // namespace

// What there is is written after each run. Who has not settled once is not asked again.
void mass_bench(const BenchOptions& options, const std::vector<int>& services, int runs) {
  Moves all;
  for (const int count : services) {
    for (int run = 0; run < runs; ++run) {
      for (const auto manager : {FleetManager::redvip, FleetManager::keepalived}) {
        if (all.unsettled.contains(manager)) continue;
        std::cerr << fmt::format("{} services: {}, run {} of {}", count, to_text(manager), run + 1,
                                 runs);
        try {
          all.moves[{count, manager}].push_back(move_all(manager, count));
          const Move& move = all.moves[{count, manager}].back();
          std::cerr << fmt::format(": the last after {:.0f} ms\n", percentile(move.back, 1));
        } catch (const lab::LabError& error) {
          std::cerr << "\n" << error.what() << "\n";
          all.unsettled[manager] = count;
        }
        write(options, all);
      }
    }
  }
}

}  // namespace redvip::bench
