// service.notify: a program of the operator's, run on each transition with the arguments that
// keepalived gives (INSTANCE name STATE priority). One at a time and in order; never waited for.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <variant>

#include "core/action.hpp"
#include "daemon/children.hpp"
#include "daemon/log.hpp"

namespace redvip::daemon {

class Notifier {
 public:
  Notifier(Children& children, const Log& log, std::string program, std::string service)
      : children_{children},
        log_{log},
        program_{std::move(program)},
        service_{std::move(service)} {}

  void use(std::string program) { program_ = std::move(program); }  // empty: none
  void transition(const Transition& transition, Priority priority);

 private:
  struct Run {
    std::vector<std::string> argv;
    Children::Environment environment;
  };
  void next();

  Children& children_;
  const Log& log_;
  std::string program_;
  std::string service_;
  std::deque<Run> waiting_;
  bool running_ = false;
  std::shared_ptr<std::monostate> alive_ = std::make_shared<std::monostate>();  // for what runs
};

}  // namespace redvip::daemon
