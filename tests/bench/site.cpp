#include "bench/site.hpp"

namespace redvip::bench {

Site::Site(lab::Setup setup) : lab{std::move(setup)} {
  lab.network.connect(witness);
  lab.network.connect(second_client);
}

void Site::part(const Node& node) {
  const std::string here = "{ \"" + node.host.name + "\", \"" + second_client.name + "\" }";
  const lab::Inside wire{lab.network.wire()};
  lab::must(
      "nft 'add chain bridge lab parted { type filter hook forward priority 1; }; "
      "add rule bridge lab parted iifname " +
      here + " oifname != " + here +
      " drop; "
      "add rule bridge lab parted iifname != " +
      here + " oifname " + here + " drop'");
}

void Site::mend() {
  const lab::Inside wire{lab.network.wire()};
  lab::must("nft 'flush chain bridge lab parted; delete chain bridge lab parted'");
}

std::vector<std::string> Site::redis_folders() const {
  return {lab.a.folder.string(), lab.b.folder.string()};
}

}  // namespace redvip::bench
