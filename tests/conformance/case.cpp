#include "conformance/case.hpp"

namespace redvip::conformance {

using namespace std::chrono_literals;

Router v4() {
  return {};
}

Router v6() {
  Router router;
  router.vips = {"fe80::100/64", "2001:db8::100/64"};
  return router;
}

Router v2() {
  Router router;
  router.version = 2;
  router.interval = 1s;
  return router;
}

Router v2_pass(const std::string& password) {
  Router router = v2();
  router.auth = "PASS";
  router.password = password;
  return router;
}

Router with_vmac(Router router) {
  router.vmac = true;
  return router;
}

}  // namespace redvip::conformance
