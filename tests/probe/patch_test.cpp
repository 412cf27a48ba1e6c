// Patched entries: the hook gets the calls, and the trampoline still does what the entry did.
#include "core/probe/patch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

extern "C" {    // patch_entries.cpp
int is_byte_set();
std::uint8_t* address_of_byte();
int ask_pid();
int twelve();
}

namespace ipcscope {
namespace {

using Function = int (*)();

int hook() { return 1234; }

Function patched(Function entry) {
    PatchPages pages;
    if (!pages.open(reinterpret_cast<void*>(entry))) throw std::runtime_error("no page near the entry");
    void* const trampoline = pages.patch(reinterpret_cast<void*>(entry), reinterpret_cast<void*>(hook));
    pages.close();
    return reinterpret_cast<Function>(trampoline);
}

TEST(Patch, AByteFoundByItsDistanceIsStillFound) {
    EXPECT_EQ(is_byte_set(), 0);
    const Function original = patched(is_byte_set);
    ASSERT_TRUE(original);
    EXPECT_EQ(is_byte_set(), 1234);
    const auto moved = reinterpret_cast<std::uint8_t*>(original);
    std::int32_t distance;
    std::memcpy(&distance, moved + 2, sizeof distance);
    ASSERT_EQ(moved + 7 + distance, address_of_byte());
    for (const std::uint8_t value : {0, 1, 0, 200}) {
        *address_of_byte() = value;
        EXPECT_EQ(original(), value != 0);
    }
}

TEST(Patch, WhatDependsOnNoPlaceIsMovedAsItIs) {
    const Function original = patched(ask_pid);
    ASSERT_TRUE(original);
    EXPECT_EQ(ask_pid(), 1234);
    EXPECT_EQ(original(), getpid());
}

TEST(Patch, WhatBeginsOtherwiseIsLeftAlone) {
    EXPECT_FALSE(patched(twelve));
    EXPECT_EQ(twelve(), 12);
}

}  // namespace
}  // namespace ipcscope
