<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>BitNet::ConversationList</name>
    <message numerus="yes">
        <source>%n file(s) could not be read and were left alone.</source>
        <translation>
            <numerusform>%n file could not be read and was left alone.</numerusform>
            <numerusform>%n files could not be read and were left alone.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::ConversationListModel</name>
    <message numerus="yes">
        <source>%1
%n message(s), changed %2</source>
        <translation>
            <numerusform>%1
%n message, changed %2</numerusform>
            <numerusform>%1
%n messages, changed %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::ConversationView</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::Departure</name>
    <message numerus="yes">
        <source>%n job(s) are still running.</source>
        <translation>
            <numerusform>%n job is still running.</numerusform>
            <numerusform>%n jobs are still running.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) still wait in the queue.</source>
        <translation>
            <numerusform>%n job still waits in the queue.</numerusform>
            <numerusform>%n jobs still wait in the queue.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n server(s) are still running.</source>
        <translation>
            <numerusform>%n server is still running.</numerusform>
            <numerusform>%n servers are still running.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Quitting stops them: whoever uses them gets no more answers.</source>
        <translation>
            <numerusform>Quitting stops it: whoever uses it gets no more answers.</numerusform>
            <numerusform>Quitting stops them: whoever uses them gets no more answers.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n server(s) will be stopped, too.</source>
        <translation>
            <numerusform>%n server will be stopped, too.</numerusform>
            <numerusform>%n servers will be stopped, too.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more wait in the queue. Quitting ends them all.</source>
        <translation>
            <numerusform>%n more waits in the queue. Quitting ends them all.</numerusform>
            <numerusform>%n more wait in the queue. Quitting ends them all.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Quitting ends them.</source>
        <translation>
            <numerusform>Quitting ends it.</numerusform>
            <numerusform>Quitting ends them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::EngineCard</name>
    <message numerus="yes">
        <source>found, %n flag(s)</source>
        <translation>
            <numerusform>found, %n flag</numerusform>
            <numerusform>found, %n flags</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::HistoryBanners</name>
    <message numerus="yes">
        <source>%n job(s) were waiting when the application ended. They are held.</source>
        <translation>
            <numerusform>%n job was waiting when the application ended. It is held.</numerusform>
            <numerusform>%n jobs were waiting when the application ended. They are held.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::JobActions</name>
    <message numerus="yes">
        <source>What they printed so far is kept.</source>
        <translation>
            <numerusform>What it printed so far is kept.</numerusform>
            <numerusform>What they printed so far is kept.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cancel Jobs</source>
        <translation>
            <numerusform>Cancel Job</numerusform>
            <numerusform>Cancel Jobs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Let Them Run</source>
        <translation>
            <numerusform>Let It Run</numerusform>
            <numerusform>Let Them Run</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Their output is deleted as well.</source>
        <translation>
            <numerusform>Its output is deleted as well.</numerusform>
            <numerusform>Their output is deleted as well.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n running job(s) now?</source>
        <translation>
            <numerusform>Kill %n running job now?</numerusform>
            <numerusform>Kill %n running jobs now?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cancel %n running job(s)?</source>
        <translation>
            <numerusform>Cancel %n running job?</numerusform>
            <numerusform>Cancel %n running jobs?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n finished job(s) from the list?</source>
        <translation>
            <numerusform>Remove %n finished job from the list?</numerusform>
            <numerusform>Remove %n finished jobs from the list?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::JobDetails</name>
    <message numerus="yes">
        <source>%n jobs are selected. Select one to see its output.</source>
        <translation>
            <numerusform>%n job is selected.</numerusform>
            <numerusform>%n jobs are selected. Select one to see its output.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::JobSidebar</name>
    <message numerus="yes">
        <source>%1, %n job(s)</source>
        <translation>
            <numerusform>%1, %n job</numerusform>
            <numerusform>%1, %n jobs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::JobSubmission</name>
    <message numerus="yes">
        <source>%n job(s) submitted.</source>
        <translation>
            <numerusform>%n job submitted.</numerusform>
            <numerusform>%n jobs submitted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::LatencyExport</name>
    <message numerus="yes">
        <source>%n job(s) written to %1.</source>
        <translation>
            <numerusform>%n job written to %1.</numerusform>
            <numerusform>%n jobs written to %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::MainWindow</name>
    <message numerus="yes">
        <source>The queue is paused. %n job(s) wait; running ones go on.</source>
        <translation>
            <numerusform>The queue is paused. %n job waits; running ones go on.</numerusform>
            <numerusform>The queue is paused. %n jobs wait; running ones go on.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::ModelTableModel</name>
    <message numerus="yes">
        <source>%n layer(s)</source>
        <translation>
            <numerusform>%n layer</numerusform>
            <numerusform>%n layers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::ModelsView</name>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n model(s)</source>
        <translation>
            <numerusform>%1 of %n model</numerusform>
            <numerusform>%1 of %n models</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n folder(s)</source>
        <translation>
            <numerusform>in %n folder</numerusform>
            <numerusform>in %n folders</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::PastJobs</name>
    <message numerus="yes">
        <source>%n job(s) ran when the application ended, and were interrupted.</source>
        <translation>
            <numerusform>%n job ran when the application ended, and was interrupted.</numerusform>
            <numerusform>%n jobs ran when the application ended, and were interrupted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::PresetBox</name>
    <message numerus="yes">
        <source>%n preset(s) imported.</source>
        <translation>
            <numerusform>%n preset imported.</numerusform>
            <numerusform>%n presets imported.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::RunCommandDialog</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Runs %1 with %n argument(s), without a shell.</source>
        <translation>
            <numerusform>Runs %1 with %n argument, without a shell.</numerusform>
            <numerusform>Runs %1 with %n arguments, without a shell.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::SamplingPanel</name>
    <message numerus="yes">
        <source>Automatic: %n here</source>
        <translation>
            <numerusform>Automatic: %n here</numerusform>
            <numerusform>Automatic: %n here</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::ServerLoadChart</name>
    <message numerus="yes">
        <source>%n min ago</source>
        <translation>
            <numerusform>%n min ago</numerusform>
            <numerusform>%n min ago</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::StatusCounters</name>
    <message numerus="yes">
        <source>%n server(s)</source>
        <translation>
            <numerusform>%n server</numerusform>
            <numerusform>%n servers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) not saved yet</source>
        <translation>
            <numerusform>%n job not saved yet</numerusform>
            <numerusform>%n jobs not saved yet</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BitNet::SummaryView</name>
    <message numerus="yes">
        <source>%n, killed</source>
        <translation>
            <numerusform>%n, killed</numerusform>
            <numerusform>%n, killed</numerusform>
        </translation>
    </message>
</context>
</TS>
