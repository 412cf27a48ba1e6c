// What a function answers that can meet bad luck (a path, a permission, a damaged file): a value, or a sentence for the
// user. Bad code is asserted instead, bad data is counted.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace ipcscope {

// What happened, why, and what to do next, in words; with the place where there is one ("lessons/pipe/lesson.md:14").
struct Failure {
    std::string sentence;
};

template <class T>
class [[nodiscard]] Result {
 public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}

    explicit operator bool() const { return state_.index() == 0; }
    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    const std::string& sentence() const { return std::get<1>(state_).sentence; }
    Failure failure() const { return std::get<1>(state_); }

 private:
    std::variant<T, Failure> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
    Result() = default;
    Result(Failure failure) : failure_(std::move(failure)), failed_(true) {}
    explicit operator bool() const { return !failed_; }
    const std::string& sentence() const { return failure_.sentence; }
    Failure failure() const { return failure_; }

 private:
    Failure failure_;
    bool failed_ = false;
};

}  // namespace ipcscope
