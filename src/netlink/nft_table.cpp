#include "netlink/nft_table.hpp"

#include <fcntl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/socket.h>
#include <nftables/libnftables.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <new>
#include <string_view>
#include <utility>

#include "netlink/netlink_socket.hpp"

namespace redvip::netlink {
namespace {

// Letters and digits as they are, all else as _xx: nft would take other characters for syntax, and
// no two services may share a table.
std::string identifier(const std::string& text) {
  std::string result;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x80 && std::isalnum(byte) != 0) {
      result += character;
      continue;
    }
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "_%02x", byte);
    result += escaped.data();
  }
  return result;
}

// "Error: Could not process rule: Operation not supported\n<the rule>\n^^^" -> its first line.
std::string reason(std::string_view said) {
  constexpr std::string_view label = "Error: ";
  const auto line = said.substr(0, said.find('\n'));
  const auto at = line.find(label);
  return std::string{at == line.npos ? line : line.substr(at + label.size())};
}

// libnftables exits without the netlink protocol and prints without the capability, so the kernel
// is asked first. Returns the descriptor that the asking socket had.
Result<int> ask_kernel(const std::string& purpose) {
  auto socket = NetlinkSocket::open(NETLINK_NETFILTER);
  if (!socket) return tl::unexpected(socket.error());
  nfgenmsg header{};
  header.version = NFNETLINK_V0;
  auto request = make_message((NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETGEN, 0);
  append(*request, &header, sizeof(header));
  const int descriptor = nl_socket_get_fd(socket->get());
  const int code = socket->request(std::move(request));
  if (code == -NLE_PERM) return failure("cannot " + purpose + ": it needs CAP_NET_ADMIN", "nft");
  if (code < 0) return failure("cannot " + purpose + ": this kernel has no nf_tables", "nft");
  return descriptor;
}

}  // namespace

std::string header_of(IpAddress address) {
  return address.is_v4() ? "ip" : "ip6";
}

Result<std::shared_ptr<nft_ctx>> Nft::context(const std::string& purpose) const {
  if (context_) return context_;
  const auto descriptor = ask_kernel(purpose);
  if (!descriptor) return tl::unexpected(descriptor.error());
  // Its socket has the lowest free descriptor (open(2)), which is the one just closed.
  const std::shared_ptr<nft_ctx> context{nft_ctx_new(NFT_CTX_DEFAULT), [](nft_ctx* it) {
                                           if (it != nullptr) nft_ctx_free(it);
                                         }};
  if (!context || nft_ctx_buffer_output(context.get()) != 0 ||
      nft_ctx_buffer_error(context.get()) != 0) {
    throw std::bad_alloc{};
  }
  // Not close-on-exec: a program that inherits it would keep the tables.
  ::fcntl(*descriptor, F_SETFD, FD_CLOEXEC);
  context_ = context;
  return context;
}

NftTable::NftTable(std::shared_ptr<nft_ctx> context, std::string name)
    : context_{std::move(context)}, name_{std::move(name)} {}

NftTable& NftTable::operator=(NftTable&& other) noexcept {
  std::swap(context_, other.context_);
  std::swap(name_, other.name_);
  std::swap(there_, other.there_);
  return *this;
}

NftTable::~NftTable() {
  if (context_) static_cast<void>(remove("remove a table"));
}

Result<NftTable> NftTable::open(const Nft& nft, const std::string& kind, const std::string& service,
                                const std::string& purpose) {
  return nft.context(purpose).map([&](std::shared_ptr<nft_ctx> context) {
    return NftTable{std::move(context), "redvip_" + kind + "_" + identifier(service)};
  });
}

Result<void> NftTable::put(const std::string& chains, const std::string& purpose) {
  const std::string first = there_ ? "delete table inet " + name_ + "\n" : "";
  auto done = run(first + "table inet " + name_ + " {\n flags owner\n" + chains + "}\n", purpose);
  if (done) there_ = true;
  return done;
}

Result<void> NftTable::remove(const std::string& purpose) {
  if (!there_) return {};
  auto done = run("delete table inet " + name_, purpose);
  if (done) there_ = false;
  return done;
}

Result<void> NftTable::run(const std::string& commands, const std::string& purpose) {
  const int code = nft_run_cmd_from_buffer(context_.get(), commands.c_str());
  nft_ctx_get_output_buffer(context_.get());  // rewinds it
  const std::string said = nft_ctx_get_error_buffer(context_.get());
  if (code == 0) return {};
  return failure("cannot " + purpose + ": " + reason(said), "nft table " + name_);
}

}  // namespace redvip::netlink
