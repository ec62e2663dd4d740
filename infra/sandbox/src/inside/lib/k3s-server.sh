#!/bin/sh
# start | stop: the Kubernetes of a sandbox that has one. Its API, controllers and scheduler are real, its pods are simulated.
state=/var/lib/rancher/k3s/sandbox
pid=/run/k3s-sandbox.pid # gone with each boot, as the process is
case $1 in
  start)
    if [ -s $pid ] && kill -0 "$(cat $pid)" 2>/dev/null; then exit 0; fi
    mkdir -p $state /etc/rancher/k3s
    ln -sfn $state/kubeconfig.yaml /etc/rancher/k3s/k3s.yaml
    setsid /sandbox/kubernetes/kubernetes -folder $state -port 6443 -node-name "$(uname -n)" -keep-running </dev/null >$state/ready 2>/var/log/sandbox/k3s-server.log &
    echo $! >$pid ;;
  stop)
    [ ! -s $pid ] || kill -9 "$(cat $pid)" 2>/dev/null
    rm -f $pid ;;
esac
