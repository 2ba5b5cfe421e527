// redvip_demo: a Redis crash, a planned switchover and a lost host, live, in about 40 seconds. Real
// Redis servers and daemons in network namespaces that vanish with this program. Needs root.
#include <unistd.h>

#include <atomic>
#include <iostream>

#include "lab/demo_view.hpp"
#include "lab/fault.hpp"

namespace {

using namespace redvip::lab;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::atomic<bool> interrupted{false};  // the only thing a signal handler may touch
struct Interrupted {};

class Demo {
 public:
  Demo() { view_.say("two empty Redis servers, and redvip starts on both hosts"); }

  void play() {
    lab_.start(lab_.a);
    lab_.start(lab_.b);
    show_until("the pair settles", [this] { return lab_.settled(); });
    lab_.write();
    view_.say(lab_.owner().host.name + " serves; the client writes");
    show_for(seconds{4});
    crash();
    switchover();
    lose_host();
    view_.say("done");
    view_.draw();
    view_.print_table();
  }

 private:
  void crash() {
    Node& owner = lab_.owner();
    act(redis_killed(), "kill -9 of Redis on " + owner.host.name);
    view_.say("a supervisor restarts Redis on " + owner.host.name +
              ", empty: it must follow, not wipe");
    owner.redis.start();
    show_until("the restarted Redis follows", [this] { return lab_.settled(); });
    show_for(seconds{3});
  }

  void switchover() {
    act(planned_switchover(),
        "kill -USR2 of redvip on " + lab_.owner().host.name + ": hand the service over");
    show_until("the pair settles", [this] { return lab_.settled(); });
    show_for(seconds{3});
  }

  void lose_host() {
    Node& owner = lab_.owner();
    act(host_cut_off(), "every frame from and to " + owner.host.name + " is dropped");
    view_.say("the cable of " + owner.host.name + " is back: it must yield and follow");
    lab_.network.heal(owner.host);
    show_until("the lost host follows", [this] { return lab_.settled(); });
    show_for(seconds{3});
  }

  void act(const Fault& fault, const std::string& announcement) {
    Node& owner = lab_.owner();
    Node& standby = lab_.other(owner);
    view_.say(announcement);
    show_for(seconds{1});
    const auto struck = Clock::now();
    const std::size_t before = lab_.writer->acknowledged();
    fault.strike(lab_, owner);
    show_until(standby.host.name + " serves", [&] { return standby.serves(); });
    show_for(seconds{3});
    const auto gap = std::chrono::duration<double, std::milli>{lab_.writer->outage(struck)};
    const std::size_t lost = standby.redis.missing(lab_.writer->acknowledged_keys());
    view_.conclude({fault.name + " on " + owner.host.name, gap.count(),
                    lab_.writer->acknowledged() - before, lost, standby.host.name});
    show_for(seconds{1});
  }

  template <class Condition>
  void show_until(const std::string& what, Condition condition) {
    const auto deadline = Clock::now() + seconds{30};
    while (!condition()) {
      if (Clock::now() > deadline) throw LabError{"not seen: " + what + "\n" + lab_.describe()};
      show_for(milliseconds{100});
    }
  }

  void show_for(milliseconds span) {
    const auto end = Clock::now() + span;
    do {
      if (interrupted) throw Interrupted{};
      view_.draw();
      std::this_thread::sleep_for(milliseconds{100});
    } while (Clock::now() < end);
  }

  Lab lab_{{.realtime = true}};
  DemoView view_{lab_, ::isatty(STDOUT_FILENO) == 1};
};

}  // namespace

int main() {
  ::signal(SIGINT, [](int) { interrupted = true; });
  ::signal(SIGTERM, [](int) { interrupted = true; });
  try {
    Demo{}.play();
    return 0;
  } catch (const Interrupted&) {
    std::cout << "\ninterrupted; everything is cleaned up\n";
    return 130;
  } catch (const LabError& error) {
    std::cerr << "\nredvip_demo: " << error.what() << "\n";
    return 2;
  }
}
