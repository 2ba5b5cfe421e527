// Where the time of a failover goes: from the wire, from the kernel of the new owner, from its
// redvip's history, and from the client.
#include <netinet/tcp.h>
#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <optional>

#include "bench/address_watch.hpp"
#include "bench/await.hpp"
#include "bench/benches.hpp"
#include "bench/clients.hpp"
#include "bench/json.hpp"
#include "bench/measure.hpp"
#include "bench/system.hpp"

namespace redvip::bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// What happened when, in ms since the cause; in order of the table.
struct Mark {
  std::string what;
  std::optional<Ms> at;
};
// What the new owner's history says of its take-over.
using Phases = std::vector<std::pair<std::string, double>>;

struct Story {
  std::vector<Mark> marks;
  Phases phases;
  Ms pause = 0;      // without an acknowledged write
  Ms reconnect = 0;  // of it, from the announcement to the first write: the client's own
};

struct Cause {
  const char* title;
  bool planned;
};

constexpr const char* vip = lab::virtual_ip;

template <class Matches>
std::optional<WireTime> first(const std::vector<Frame>& frames, WireTime from, Matches matches) {
  for (const Frame& frame : frames) {
    if (frame.at >= from && matches(frame)) return frame.at;
  }
  return std::nullopt;
}

lab::Setup quick_setup() {
  return {.born_parked = true,
          .redis_options = {"--repl-backlog-size", "64mb"},
          .realtime = can_be_realtime,
          .own_cores = true};
}

// One failover, seen from everywhere.
class Observed {
 public:
  explicit Observed(bool planned) : planned_{planned} {
    system_->start();
    clients_ = std::make_unique<Clients>(site_.lab.network.client, *directory_,
                                         Load{.between = 200us}, "k", site_.redis_folders());
    if (!await([&] { return clients_->acknowledged() > 1000; }, 20s)) {
      throw lab::LabError{"no writes\n" + site_.lab.describe()};
    }
    std::this_thread::sleep_for(1s);
  }

  Story play() {
    lab::Lab& lab = site_.lab;
    const Node& next = lab.b;
    const AddressWatch address{next.host, vip};
    const Tap tap{lab.network, true};
    std::this_thread::sleep_for(200ms);
    const auto began = Clock::now();
    if (planned_) {
      lab.a.daemon->signal(SIGUSR2);
    } else {
      lab.a.redis.signal(SIGKILL);
    }
    if (!await([&] { return next.serves() && !lab.a.holds_vip(); }, 20s)) {
      throw lab::LabError{"nobody took over\n" + lab.describe()};
    }
    std::this_thread::sleep_for(500ms);
    clients_->stop();
    Story story = tell(tap.frames(), to_wire(began), address.came());
    const Clock::time_point acked = first_ack_of_next(began);
    story.marks.push_back({"first write acknowledged", ms(to_wire(acked) - to_wire(began))});
    story.pause = pause(began);
    const auto& announced = story.marks[story.marks.size() - 3].at;
    if (announced) story.reconnect = *story.marks.back().at - *announced;
    for (const auto& record : next.history()) {
      if (record.to == "serving") story.phases = record.phases_ms;
    }
    return story;
  }

 private:
  static Ms ms(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
  }

  [[nodiscard]] Story tell(const std::vector<Frame>& frames, WireTime began,
                           std::optional<WireTime> address) const {
    const std::string a = site_.lab.a.host.address;
    const std::string b = site_.lab.b.host.address;
    const auto after = [&](const std::optional<WireTime>& from, auto matches) {
      return first(frames, from.value_or(began), matches);
    };
    const auto closed = after(began, [&](const Frame& frame) {
      return frame.kind == Frame::Kind::tcp && frame.source == vip &&
             (frame.flags & (TH_FIN | TH_RST)) != 0;
    });
    const auto told = after(began, [&](const Frame& frame) {
      return frame.kind == Frame::Kind::advert && frame.source == a && frame.priority == 0;
    });
    const auto leads = after(told, [&](const Frame& frame) {
      return frame.kind == Frame::Kind::advert && frame.source == b && frame.priority > 0;
    });
    const auto announced = after(leads, [&](const Frame& frame) {
      return frame.kind == Frame::Kind::arp && frame.source == vip && frame.destination == vip;
    });
    const auto connected = after(announced, [&](const Frame& frame) {
      return frame.kind == Frame::Kind::tcp && frame.source == vip &&
             (frame.flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK);
    });
    const auto at = [&](const std::optional<WireTime>& time) {
      return time ? std::optional{ms(*time - began)} : std::nullopt;
    };
    Story story;
    if (!planned_) story.marks.push_back({"the kernel has closed Redis's sockets", at(closed)});
    story.marks.push_back({"the owner tells by priority 0", at(told)});
    story.marks.push_back({"the standby leads: its first advert", at(leads)});
    story.marks.push_back({"the address is in its kernel", at(address)});
    story.marks.push_back({"it is announced (ARP)", at(announced)});
    story.marks.push_back({"the client is connected again", at(connected)});
    return story;
  }

  [[nodiscard]] Clock::time_point first_ack_of_next(Clock::time_point began) const {
    for (const Ack& ack : clients_->acks()) {
      if (ack.at > began && ack.server == 1) return ack.at;
    }
    throw lab::LabError{"no write to the new owner"};
  }

  [[nodiscard]] Ms pause(Clock::time_point began) const {
    std::vector<Ms> times;
    for (const Ack& ack : clients_->acks()) times.push_back(ms(ack.at - began));
    return longest_gap(times, 0, times.back());
  }

  const bool planned_;
  Site site_{quick_setup()};
  std::unique_ptr<System> system_ = redvip_kind().install(site_);
  std::unique_ptr<Directory> directory_ = system_->directory(site_.lab.network.client);
  std::unique_ptr<Clients> clients_;
};

std::string optional_text(const Spread& values) {
  return values.count == 0 ? "-" : fmt::format("{:.2f}", values.median);
}

// Each mark's median, and how long after the one before.
Table marks_table(const std::string& title, const std::vector<Story>& stories) {
  Table table{title + ", seen from outside",
              "",
              {"what happened", "ms", "ms since the line above", "least", "most"},
              {}};
  for (std::size_t i = 0; i < stories.front().marks.size(); ++i) {
    std::vector<double> at, took;
    for (const Story& story : stories) {
      const auto& mark = story.marks[i].at;
      if (!mark) continue;
      at.push_back(*mark);
      const auto before = i == 0 ? std::optional{0.0} : story.marks[i - 1].at;
      if (before) took.push_back(*mark - *before);
    }
    const Spread steps = spread(took);
    table.rows.push_back({stories.front().marks[i].what, optional_text(spread(at)),
                          optional_text(steps), fmt::format("{:.2f}", steps.min),
                          fmt::format("{:.2f}", steps.max)});
  }
  std::vector<double> pauses;
  for (const Story& story : stories) pauses.push_back(story.pause);
  const Spread pause = spread(pauses);
  table.note = fmt::format(
      "Medians of {} runs; the client writes every 0.2 ms and reconnects 1 ms after a failure. "
      "Longest "
      "time without an acknowledged write: {:.2f} ms ({:.2f} .. {:.2f}).",
      stories.size(), pause.median, pause.min, pause.max);
  return table;
}

Table history_table(const std::string& title, const std::vector<Story>& stories) {
  Table table{
      title + ", as the new owner's history has it", "", {"phase", "ms", "least", "most"}, {}};
  std::vector<std::string> order;
  std::map<std::string, std::vector<double>> took;
  for (const Story& story : stories) {
    for (const auto& [phase, length] : story.phases) {
      if (took[phase].empty()) order.push_back(phase);
      took[phase].push_back(length);
    }
  }
  for (const std::string& phase : order) {
    const Spread values = spread(took[phase]);
    table.rows.push_back({phase, fmt::format("{:.2f}", values.median),
                          fmt::format("{:.2f}", values.min), fmt::format("{:.2f}", values.max)});
  }
  return table;
}

json::object story_object(const Cause& cause, const Story& story) {
  json::object marks, phases;
  for (const Mark& mark : story.marks) {
    if (mark.at) marks[mark.what] = *mark.at;
  }
  for (const auto& [phase, length] : story.phases) phases[phase] = length;
  return {{"cause", cause.title},
          {"marks_ms", marks},
          {"phases_ms", phases},
          {"pause_ms", story.pause},
          {"reconnect_ms", story.reconnect}};
}

Goal judge(const Cause& cause, const std::vector<Story>& stories) {
  std::vector<double> pauses, without_client;
  for (const Story& story : stories) {
    pauses.push_back(story.pause);
    without_client.push_back(story.pause - story.reconnect);
  }
  if (cause.planned) {
    const Spread pause = spread(pauses);
    return {"Planned switchover: less than 5 ms without an acknowledged write",
            fmt::format("{:.1f} ms, {:.1f} of them until the address is announced", pause.median,
                        spread(without_client).median),
            pause.median < 5};
  }
  const Spread beyond = spread(without_client);
  return {"Redis crash: less than 10 ms beyond the client's own reconnect",
          fmt::format("{:.1f} ms ({:.1f} .. {:.1f})", beyond.median, beyond.min, beyond.max),
          beyond.median < 10};
}

}  // namespace

void phases_bench(const BenchOptions& options, int runs) {
  std::vector<Table> tables;
  std::vector<Goal> goals;
  json::array raw;
  for (const Cause& cause : {Cause{"Redis crash", false}, Cause{"Planned switchover", true}}) {
    std::vector<Story> stories;
    for (int run = 0; run < runs; ++run) {
      stories.push_back(Observed{cause.planned}.play());
      raw.push_back(story_object(cause, stories.back()));
      std::cerr << cause.title << ": " << stories.back().pause << " ms\n";
    }
    tables.push_back(marks_table(cause.title, stories));
    tables.push_back(history_table(cause.title, stories));
    goals.push_back(judge(cause, stories));
  }
  write_bench(options, "phases", tables, goals, std::move(raw));
}

}  // namespace redvip::bench
