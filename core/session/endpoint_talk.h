// An endpoint for the window: it runs on a thread of its own, so that what arrives is read, and its time taken, while nothing is drawn.
//
// All functions are called on one other thread; `notify` is called on the endpoint's.
#pragma once

#include <mutex>
#include <thread>

#include "core/session/endpoint_desk.h"

namespace ipcscope {

// What has happened, to be read.
struct EndpointLine {
    std::chrono::system_clock::time_point at;
    EndpointEventKind kind = EndpointEventKind::Noted;
    unsigned peer = 0;
    std::string text;                                 // as text_of_endpoint_event has it
};

class EndpointTalk {
 public:
    struct State {
        SocketAddress local;
        EndpointPace pace;
        std::vector<EndpointPeer> peers;              // those that are there
        bool is_over = false;
    };

    static Result<std::unique_ptr<EndpointTalk>> open(EndpointPlan plan, std::function<void()> notify);
    ~EndpointTalk();                                  // closes everything
    EndpointTalk(const EndpointTalk&) = delete;

    void order(EndpointOrder order);                  // what cannot be done is a line, too
    std::vector<EndpointLine> take();                 // the new ones, oldest first; of many the newest
    State state() const;

 private:
    explicit EndpointTalk(std::function<void()> notify) : notify_(std::move(notify)) {}
    void tell(const EndpointEvent& event);
    void note_state();

    std::function<void()> notify_;
    EndpointDesk desk_;
    mutable std::mutex mutex_;                        // of the two below
    std::vector<EndpointLine> lines_;
    State state_;
    std::thread thread_;
};

}  // namespace ipcscope
