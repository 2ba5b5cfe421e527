#include "conformance/exceptions.hpp"

namespace redvip::conformance {

const std::map<std::string, std::string>& exceptions() {
  static const std::map<std::string, std::string> reasons{
      {"TX01",
       "an address owner, too, listens for one active-down interval first: whose Redis has the "
       "data must be known before anybody leads"},
      {"TX12-4095", "the same: it would listen for 123 s first"},
      {"FS07",
       "with preempt it asks for a hand-over as soon as it is fit, and waits for no timer "
       "(docs/decisions/004-preemption.md)"},
  };
  return reasons;
}

}  // namespace redvip::conformance
