#include "sim/connection_model.hpp"

#include "sim/world.hpp"

namespace redvip::sim {

Connection::Connection(World& world, NodeIndex from, NodeIndex to, Report report)
    : world_{world}, from_{from}, to_{to}, report_{std::move(report)} {}

void Connection::later(Micros delay, Task task) {
  world_.schedule.after(delay, [held = std::weak_ptr{alive_}, task = std::move(task)] {
    if (held.lock()) task();
  });
}

void Connection::connect() {
  session_ = std::make_shared<Session>(Session{
      Stream{world_.lan, from_, to_, Stream::to_redis, timeout}, Stream{world_.lan, to_, from_}});
  syn(session_);
  later(timeout, [this, session = session_] {
    if (current(session) && !session->established) {
      lost(session, Loss::unreachable, "Connection timed out");
    }
  });
}

// What runs for a session on the far side never touches this object: the daemon may be gone by
// then.
void Connection::syn(const Held& session) {
  const auto held = std::weak_ptr{alive_};
  session->out.send([this, held, session, &world = world_, to = to_] {
    auto& redis = world.hosts[to]->redis;
    const bool accepted = redis.alive();
    session->life = redis.life();
    session->in.send([this, held, session, accepted] {
      if (!held.lock() || !current(session)) return;
      if (!accepted) return lost(session, Loss::refused, "Connection refused");
      session->established = true;
      greet(session);
    });
  });
}

void Connection::greet(const Held& session) {
  request(session, [this, session]() -> Task {
    return [this, session] {
      session->ready = true;
      session->ready_at = world_.now();
      told_.reset();
      report_(event::RedisConnected{to_});
    };
  });
}

// `execute` runs in Redis, in order; the task that it returns runs here, in order.
void Connection::request(const Held& session, std::function<Task()> execute) {
  const auto number = ++session->sent;
  const auto held = std::weak_ptr{alive_};
  session->out.send([this, held, session, number, execute, &world = world_, to = to_] {
    session->acknowledged = number;
    auto& redis = world.hosts[to]->redis;
    const auto closed = [this, held, session] {
      if (held.lock() && current(session)) lost(session, Loss::closed, "Connection reset");
    };
    if (!redis.alive() || redis.life() != session->life) return session->in.send(closed);
    redis.when_free([this, held, session, execute] {
      const auto answer = execute();
      session->in.send([this, held, session, answer] {
        if (held.lock() && current(session)) answer();
      });
    });
  });
  later(timeout, [this, session, number] {  // TCP_USER_TIMEOUT
    if (current(session) && session->acknowledged < number) {
      lost(session, Loss::closed, "Connection timed out");
    }
  });
}

void Connection::observe() {
  if (world_.options.mutant == Mutant::stale_look && last_seen_) {
    later(Micros{200}, [this] { report_(event::RedisObserved{to_, *last_seen_}); });
  }
  if (!session_ || !session_->ready) return;
  if (session_->observing) {
    session_->observe_again = true;
  } else {
    ask(session_);
  }
}

void Connection::ask(const Held& session) {
  session->observing = true;
  request(session, [this, session, &redis = world_.hosts[to_]->redis, to = to_]() -> Task {
    return [this, session, seen = redis.info(), locked = redis.locked(), to] {
      session->observing = false;
      if (!locked) last_seen_ = seen;
      if (locked) {
        report_(event::RedisRefused{to, Refusal::authentication, "NOAUTH"});
      } else {
        report_(event::RedisObserved{to, seen});
      }
      if (current(session) && std::exchange(session->observe_again, false)) ask(session);
    };
  });
}

void Connection::send(const Command& command) {
  if (!session_ || !session_->ready) {
    return later(Micros{10}, [this, command] {
      report_(event::CommandDone{to_, command, Error{"not connected", ""}});
    });
  }
  session_->unanswered.push_back(command);
  request(session_,
          [this, session = session_, command, &redis = world_.hosts[to_]->redis, &world = world_,
           from = from_, to = to_]() -> Task {
            world.trace.add(world.now(), 77, [&] {
              return "node " + std::to_string(to) + " Redis executes " +
                     describe(action::Send{to, command}) + " from node " + std::to_string(from);
            });
            const auto error =
                redis.locked() ? std::optional{Error{"NOAUTH", ""}} : redis.execute(command);
            return [this, session, command, error, to] {
              session->unanswered.erase(session->unanswered.begin());
              report_(event::CommandDone{to, command, error});
            };
          });
}

void Connection::peer_closed() {
  if (!session_ || !session_->established) return;
  session_->in.send([this, held = std::weak_ptr{alive_}, session = session_] {
    if (held.lock() && current(session)) {
      lost(session, Loss::closed, "Server closed the connection");
    }
  });
}

void Connection::lost(const Held& session, Loss loss, const char* text) {
  const bool settled = session->ready_at && world_.now() - *session->ready_at >= pause_between;
  drop();
  if (told_ != loss) report_(event::RedisLost{to_, loss, text});
  told_ = loss;
  later(settled ? Micros{0} : pause_between, [this] {
    if (!session_) connect();
  });
}

void Connection::reconnect() {
  if (session_ && !session_->established) return;
  if (!session_) return;  // a retry is on its way
  drop();
  connect();
}

// Commands that are under way fail; whether Redis has done them is not known.
void Connection::drop() {
  const auto session = std::exchange(session_, nullptr);
  if (!session) return;
  session->in.cut();
  for (const auto& command : session->unanswered) {
    later(Micros{10}, [this, command] {
      report_(event::CommandDone{to_, command, Error{"connection lost", ""}});
    });
  }
}

}  // namespace redvip::sim
