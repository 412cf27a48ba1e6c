// How a struct msghdr travels, as one chunk: this header, then the address, the control messages and the bytes, one behind the
// other. At enter as the program gives them, at exit as the kernel has filled them in. Several of them (struct mmsghdr) travel one
// behind the other; of the last that found room the bytes may be cut.
#pragma once

#include <cstdint>

namespace ipcscope {

struct MessageHeader {
    std::uint16_t address_length;    // bytes of struct sockaddr that follow
    std::uint16_t control_length;    // then so many of struct cmsghdr
    std::int32_t flags;              // msg_flags, at exit
    std::uint32_t data_length;       // of several: bytes of this one, its true length …
    std::uint32_t data_captured;     // … and so many that follow, at most
};
static_assert(sizeof(MessageHeader) == 16);

inline constexpr std::uint32_t most_address_bytes = 128;     // struct sockaddr_storage
inline constexpr std::uint32_t most_control_bytes = 1024;

// One of the addresses that getaddrinfo has found.
struct FoundAddress {
    std::int32_t family, type, protocol;
    std::uint32_t length;
    unsigned char address[32];
};
inline constexpr std::uint32_t most_found_addresses = 16;

}  // namespace ipcscope
