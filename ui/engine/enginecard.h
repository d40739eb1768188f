// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/engine.h"

#include <QFrame>

namespace BitNet {

// One engine: its name, what it is and where, its programs with what they say of themselves, and what can be done with it.
class EngineCard : public QFrame
{
    Q_OBJECT
public:
    EngineCard(const Engine &engine, bool isDefault, QWidget *parent = nullptr);

    const Engine &engine() const { return m_engine; }
    // "llama.cpp, version 4748 (c392e5094)", or what is not known yet.
    static QString summary(const Engine &engine);
    static QString originWords(EngineOrigin origin);

Q_SIGNALS:
    void defaultRequested(const QString &folder);
    void renameRequested(const QString &folder);
    void removeRequested(const QString &folder);

private:
    QWidget *makeHead(bool isDefault);
    QWidget *makePrograms();
    QWidget *makeButtons(bool isDefault);
    void showFlags(const Engine::Program &program);

    const Engine m_engine;
};

} // namespace BitNet
