// SPDX-License-Identifier: MIT
#include "ui/style/question.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

namespace BitNet {

void ask(QWidget *window, const Question &question, const std::function<void(bool never)> &onYes)
{
    auto *box = new QMessageBox(QMessageBox::Question, question.title, question.text, QMessageBox::NoButton, window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(question.explanation);
    if (question.canBeSilenced)
        box->setCheckBox(new QCheckBox(QCoreApplication::translate("BitNet::Question", "&Don't ask again")));
    QPushButton *yes = box->addButton(question.yes, QMessageBox::AcceptRole);
    QPushButton *no = question.no.isEmpty() ? box->addButton(QMessageBox::Cancel)
                                            : box->addButton(question.no, QMessageBox::RejectRole);
    box->setDefaultButton(yes);
    box->setEscapeButton(no);
    QObject::connect(box, &QMessageBox::buttonClicked, box, [box, yes, onYes](QAbstractButton *clicked) {
        if (clicked == yes)
            onYes(box->checkBox() && box->checkBox()->isChecked());
    });
    box->open();
}

} // namespace BitNet
