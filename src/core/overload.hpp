// std::visit with one lambda per alternative: a missing one does not compile.
#pragma once

namespace redvip {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace redvip
