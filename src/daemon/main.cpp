#include "daemon/cli.hpp"

int main(int argc, char** argv) {
  return redvip::daemon::run_cli(argc, argv);
}
