#include "core/facts.hpp"

#include "catch.hpp"
#include "unit/core/scene.hpp"

namespace redvip {
namespace {

using namespace scene;

const Instant start{Seconds{1000}};

// What node b knows.
struct Known {
  Site where = site(b);
  Facts facts{where};
  void at(Micros after, const Event& event) { facts.update(start + after, event); }
};

TEST_CASE("an owner is believed for four of its own intervals without an advert") {
  Known known;
  known.at(Micros{0}, advert(a, 250));
  REQUIRE(known.facts.owner(start + Millis{400}));
  CHECK(known.facts.owner(start + Millis{400})->node == a);
  CHECK_FALSE(known.facts.owner(start + Millis{400} + Micros{1}));
  // Who it was is still known: a take-over says from whom.
  CHECK(known.facts.last_owner()->node == a);
}

TEST_CASE("an owner's own interval decides, not ours") {
  Known known;
  auto slow = advert(a, 250);
  slow.max_advert_interval = Centiseconds{100};
  known.at(Micros{0}, slow);
  CHECK(known.facts.owner(start + Seconds{4}));
}

TEST_CASE("of two that advertise, the one to which the other will yield is the owner") {
  const auto where = site_of_three(c);
  Facts facts{where};
  facts.update(start, advert(a, 250));
  facts.update(start + Millis{50}, advert(b, 245));
  CHECK(facts.owner(start + Millis{50})->node == a);
  facts.update(start + Millis{60}, advert(b, 251));
  CHECK(facts.owner(start + Millis{60})->node == b);
  facts.update(start + Millis{70}, advert(a, 251));
  CHECK(facts.owner(start + Millis{70})->node == b);  // of the higher address
}

TEST_CASE("a lower one is the owner once the higher one is silent, or has let go") {
  const auto where = site_of_three(c);
  Facts facts{where};
  facts.update(start, advert(a, 250));
  SECTION("silent: its successor leads after three intervals and a skew") {
    facts.update(start + Micros{302343}, advert(b, 245));
  }
  SECTION("let go") {
    facts.update(start + Millis{10}, advert(a, 0));
    facts.update(start + Millis{10}, advert(b, 245));
  }
  CHECK(facts.last_owner()->node == b);
}

TEST_CASE("how long a host was silent before it is heard again is known") {
  Known known;
  const auto silent_for = [&] { return known.facts.redis(a).silent_for; };
  known.at(Micros{0}, event::RedisObserved{a, master(1)});
  known.at(Millis{450}, event::RedisObserved{a, master(1)});
  CHECK(silent_for() == Millis{450});
  known.at(Millis{460}, event::RedisLost{a, Loss::unreachable, ""});  // said by our own kernel
  known.at(Millis{760}, event::RedisLost{a, Loss::refused, ""});
  CHECK(silent_for() == Millis{310});
}

TEST_CASE("after a stall a local Redis that leaves a question open for down_after is down") {
  Known known;
  known.at(Micros{0}, event::RedisObserved{b, replica_of(a, 1)});
  known.facts.forget_freshness();
  known.facts.asked(start + Millis{100}, b);
  CHECK(known.facts.local_up(start + Millis{1099}));
  CHECK_FALSE(known.facts.local_up(start + Millis{1100}));
}

TEST_CASE("priority 0 ends an ownership at once and is remembered until somebody leads") {
  Known known;
  known.at(Micros{0}, advert(a, 250));
  known.at(Millis{10}, advert(a, 0));
  CHECK_FALSE(known.facts.owner(start + Millis{10}));
  CHECK(known.facts.released_by() == a);
  known.at(Millis{20}, advert(a, 250));
  CHECK(known.facts.owner(start + Millis{20}));
  CHECK_FALSE(known.facts.released_by());
}

TEST_CASE("priority 0 from a node that was not the owner releases nothing") {
  Known known;
  known.at(Micros{0}, advert(a, 250));
  known.at(Millis{10}, advert(b, 0));
  CHECK(known.facts.owner(start + Millis{10})->node == a);
  CHECK_FALSE(known.facts.released_by());
}

TEST_CASE("an ownership is as old as its first advert without a break") {
  Known known;
  known.at(Micros{0}, advert(a, 250));
  known.at(Millis{400}, advert(a, 250));
  CHECK(known.facts.owner(start + Millis{400})->first_heard_at == start);
  known.at(Millis{900}, advert(a, 250));
  CHECK(known.facts.owner(start + Millis{900})->first_heard_at == start + Millis{900});
}

TEST_CASE("an observation is present for down_after") {
  Known known;
  CHECK(known.facts.current(start, a) == nullptr);
  known.at(Micros{0}, event::RedisObserved{a, master(7)});
  REQUIRE(known.facts.current(start + Seconds{1}, a));
  CHECK(known.facts.current(start + Seconds{1}, a)->master_repl_offset == 7);
  CHECK(known.facts.current(start + Seconds{1} + Micros{1}, a) == nullptr);
}

TEST_CASE("a Redis that refuses or is lost has no present observation, but a last one") {
  Known known;
  known.at(Micros{0}, event::RedisObserved{a, master(7)});
  SECTION("refuses") {
    known.at(Millis{1}, event::RedisRefused{a, Refusal::authentication, "NOAUTH"});
  }
  SECTION("lost") {
    known.at(Millis{1}, event::RedisLost{a, Loss::closed, "closed"});
  }
  CHECK(known.facts.current(start + Millis{2}, a) == nullptr);
  CHECK(known.facts.redis(a).last->master_repl_offset == 7);
}

struct Case {
  const char* name;
  Event happening;
  bool up;  // right after it
  bool up_in_a_second;
};

TEST_CASE("whether the local Redis is up follows from the last that was heard of it") {
  const auto refused = [](Refusal refusal) {
    return Event{event::RedisRefused{b, refusal, "words"}};
  };
  const auto lost = [](Loss loss) { return Event{event::RedisLost{b, loss, "words"}}; };
  const auto it =
      GENERATE_COPY(Case{"it answers", event::RedisObserved{b, replica_of(a, 1)}, true, false},
                    Case{"it is loading", refused(Refusal::loading), false, false},
                    Case{"a script runs for too long", refused(Refusal::busy), true, false},
                    Case{"it cannot save", refused(Refusal::misconfigured), true, false},
                    Case{"the password is wrong", refused(Refusal::authentication), true, false},
                    Case{"it has too many clients", refused(Refusal::max_clients), true, false},
                    Case{"it is in protected mode", refused(Refusal::protected_mode), true, false},
                    Case{"it says something unheard of", refused(Refusal::other), true, false},
                    Case{"the connection was closed", lost(Loss::closed), true, false},
                    Case{"nobody listens", lost(Loss::refused), false, false},
                    Case{"the host cannot be reached", lost(Loss::unreachable), false, false},
                    Case{"it does not speak Redis", lost(Loss::protocol), false, false});
  INFO(it.name);
  Known known;
  known.at(Micros{0}, event::RedisObserved{b, replica_of(a, 1)});
  known.at(Millis{100}, it.happening);
  CHECK(known.facts.local_up(start + Millis{101}) == it.up);
  CHECK(known.facts.local_up(start + Millis{1100}) == it.up_in_a_second);
}

TEST_CASE("a Redis that was never heard of is not called down") {
  const Known known;
  CHECK(known.facts.local_up(start + Seconds{60}));
}

TEST_CASE("a busy script does not count as an answer, a refused login does") {
  Known known;
  known.at(Micros{0}, event::RedisObserved{b, replica_of(a, 1)});
  known.at(Millis{900}, event::RedisRefused{b, Refusal::busy, "BUSY"});
  CHECK_FALSE(known.facts.local_up(start + Seconds{1}));
  known.at(Millis{900}, event::RedisRefused{b, Refusal::authentication, "NOAUTH"});
  CHECK(known.facts.redis(b).answered_at == start + Millis{900});
}

TEST_CASE("the local problem is told in words that name it") {
  Known known;
  CHECK(known.facts.local_problem(start) == "Redis does not answer");
  known.at(Micros{0}, event::RedisObserved{b, replica_of(a, 1)});
  CHECK(known.facts.local_problem(start + Millis{1200}) == "Redis has not answered for 1200 ms");
  known.at(Millis{1}, event::RedisLost{b, Loss::refused, "connect"});
  CHECK(contains(known.facts.local_problem(start), "not running"));
  known.at(Millis{2}, event::RedisRefused{b, Refusal::loading, "LOADING"});
  CHECK(known.facts.local_problem(start) == "Redis says: LOADING");
}

TEST_CASE("a Redis is responsive while no question waits longer than patience for its answer") {
  Known known;
  CHECK_FALSE(known.facts.responsive(start, a, Millis{100}));
  known.at(Micros{0}, event::RedisObserved{a, master(1)});
  CHECK(known.facts.responsive(start + Millis{900}, a, Millis{100}));
  known.facts.asked(start + Millis{200}, a);
  known.facts.asked(start + Millis{290}, a);  // the first question counts
  CHECK(known.facts.responsive(start + Millis{299}, a, Millis{100}));
  CHECK_FALSE(known.facts.responsive(start + Millis{300}, a, Millis{100}));
  known.at(Millis{301}, event::RedisConnected{a});  // nobody answers what the old one was asked
  CHECK(known.facts.responsive(start + Millis{600}, a, Millis{100}));
}

TEST_CASE("a Redis is judged once waiting longer would teach nothing") {
  const auto judged = [](const std::optional<Event>& happening, Micros after) {
    Known known;
    if (happening) known.at(Micros{0}, *happening);
    return known.facts.judged(start + after, a, start);
  };
  CHECK_FALSE(judged(std::nullopt, Millis{999}));
  CHECK(judged(std::nullopt, Seconds{1}));
  CHECK(judged(event::RedisObserved{a, master(1)}, Micros{0}));
  CHECK(judged(event::RedisRefused{a, Refusal::loading, ""}, Micros{0}));
  CHECK(judged(event::RedisLost{a, Loss::refused, ""}, Micros{0}));
  CHECK_FALSE(judged(event::RedisLost{a, Loss::closed, ""}, Millis{999}));
}

TEST_CASE("after a stall nothing that was known before decides anything") {
  Known known;
  known.at(Micros{0}, event::RedisObserved{a, master(1)});
  known.at(Micros{0}, event::RedisLost{b, Loss::refused, ""});
  known.facts.forget_freshness();
  CHECK(known.facts.current(start, a) == nullptr);
  CHECK(known.facts.redis(a).last);
  CHECK_FALSE(known.facts.local_up(start));  // that it is gone was no matter of freshness
}

TEST_CASE("the master of the local Redis is one of the nodes, or none") {
  const auto master_of = [](const Observation& local) {
    Known known;
    known.at(Micros{0}, event::RedisObserved{b, local});
    return known.facts.master_of_local();
  };
  CHECK(master_of(replica_of(a, 1)) == a);
  CHECK_FALSE(master_of(master(1)));
  CHECK_FALSE(master_of(parked(1)));
  CHECK_FALSE(master_of(replica_at("10.9.9.9", 6379, 1)));
  CHECK_FALSE(master_of(replica_at("10.77.0.1", 6380, 1)));
}

TEST_CASE("an interface is up until it is said to be down") {
  Known known;
  CHECK(known.facts.interface_up("eth0"));
  known.at(Micros{0}, event::InterfaceChanged{"eth0", false});
  CHECK_FALSE(known.facts.interface_up("eth0"));
  CHECK(known.facts.interface_up("eth1"));
  known.at(Micros{0}, event::InterfaceChanged{"eth0", true});
  CHECK(known.facts.interface_up("eth0"));
}

TEST_CASE("the address is present when it was added without an error, until it is missing") {
  Known known;
  CHECK_FALSE(known.facts.vips_present());
  known.at(Micros{0}, event::VipsAdded{Error{"no such device", ""}});
  CHECK_FALSE(known.facts.vips_present());
  known.at(Micros{0}, event::VipsAdded{std::nullopt});
  CHECK(known.facts.vips_present());
  known.at(Micros{0}, event::VipsMissing{});
  CHECK_FALSE(known.facts.vips_present());
}

}  // namespace
}  // namespace redvip
