package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	generic "k8s.io/apiserver/pkg/quota/v1/generic"
	"k8s.io/client-go/discovery"
	cacheddiscovery "k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/klog/v2"
	pkgcontroller "k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/clusterroleaggregation"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/disruption"
	"k8s.io/kubernetes/pkg/controller/endpoint"
	"k8s.io/kubernetes/pkg/controller/endpointslice"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/namespace"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/resourcequota"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/controller/statefulset"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
	"k8s.io/kubernetes/pkg/controller/volume/persistentvolume"
	"k8s.io/kubernetes/pkg/controller/volume/pvcprotection"
	"k8s.io/kubernetes/pkg/controller/volume/pvprotection"
	quota "k8s.io/kubernetes/pkg/quota/v1/install"
	serviceaccounttokens "k8s.io/kubernetes/pkg/serviceaccount"
)

const workers = 5

// The controllers of kube-controller-manager that something here depends on. Taking them one by one instead of the whole program halves what must be
// compiled for it: the rest of that program is about volumes, clouds and nodes that do not exist here.
func startControllers(ctx context.Context, c *controlPlane) error {
	config := rest.CopyConfig(c.config)
	config.QPS, config.Burst = 500, 1000
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	bare, err := metadata.NewForConfig(config)
	if err != nil {
		return err
	}
	logger := klog.FromContext(ctx)
	shared := informers.NewSharedInformerFactory(client, 0)
	both := informerfactory.NewInformerFactory(shared, metadatainformer.NewSharedInformerFactory(bare, 0))
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cacheddiscovery.NewMemCacheClient(client.Discovery()))
	started := make(chan struct{})
	core, apps, batch := shared.Core().V1(), shared.Apps().V1(), shared.Batch().V1()

	var runs []func()
	var failed error
	add := func(err error, run func()) {
		if err != nil && failed == nil {
			failed = err
		}
		runs = append(runs, run)
	}
	{
		one := replicaset.NewReplicaSetController(ctx, apps.ReplicaSets(), core.Pods(), client, replicaset.BurstReplicas)
		add(nil, func() { one.Run(ctx, workers) })
	}
	{
		one, err := deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(), core.Pods(), client)
		add(err, func() { one.Run(ctx, workers) })
	}
	{
		one := statefulset.NewStatefulSetController(ctx, core.Pods(), apps.StatefulSets(), core.PersistentVolumeClaims(), apps.ControllerRevisions(), client)
		add(nil, func() { one.Run(ctx, workers) })
	}
	{
		one, err := daemon.NewDaemonSetsController(ctx, apps.DaemonSets(), apps.ControllerRevisions(), core.Pods(), core.Nodes(), client, flowcontrol.NewBackOff(time.Second, 15*time.Minute))
		add(err, func() { one.Run(ctx, workers) })
	}
	{
		one, err := job.NewController(ctx, client, core.Pods(), batch.Jobs(), nil, nil)
		add(err, func() { one.Run(ctx, workers) })
	}
	{
		one, err := cronjob.NewControllerV2(ctx, batch.Jobs(), batch.CronJobs(), client)
		add(err, func() { one.Run(ctx, workers) })
	}
	{
		one := ttlafterfinished.New(ctx, batch.Jobs(), client)
		add(nil, func() { one.Run(ctx, workers) })
	}
	{
		one := endpoint.NewEndpointController(ctx, core.Pods(), core.Services(), core.Endpoints(), client, 0)
		add(nil, func() { one.Run(ctx, workers) })
	}
	{
		one := endpointslice.NewController(ctx, core.Pods(), core.Services(), core.Nodes(), shared.Discovery().V1().EndpointSlices(), 100, client, 0)
		add(nil, func() { one.Run(ctx, workers) })
	}
	{
		one := namespace.NewNamespaceController(ctx, client, bare, client.Discovery().ServerPreferredNamespacedResources, core.Namespaces(), 5*time.Minute, corev1.FinalizerKubernetes)
		add(nil, func() { one.Run(ctx, 2*workers) })
	}
	{
		one, err := serviceaccount.NewServiceAccountsController(logger, core.ServiceAccounts(), core.Namespaces(), client, serviceaccount.DefaultServiceAccountsControllerOptions())
		add(err, func() { one.Run(ctx, 2) })
	}
	{
		one, err := tokensController(logger, c, shared, client)
		add(err, func() { one.Run(ctx, workers) })
	}
	{
		one, err := rootcacertpublisher.NewPublisher(core.ConfigMaps(), core.Namespaces(), client, c.credentials.caPEM)
		add(err, func() { one.Run(ctx, 1) })
	}
	{
		one := clusterroleaggregation.NewClusterRoleAggregation(shared.Rbac().V1().ClusterRoles(), client.RbacV1())
		add(nil, func() { one.Run(ctx, workers) })
	}
	{
		scales, err := scale.NewForConfig(config, mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(client.Discovery()))
		if err != nil {
			return err
		}
		one := disruption.NewDisruptionController(ctx, core.Pods(), shared.Policy().V1().PodDisruptionBudgets(), core.ReplicationControllers(), apps.ReplicaSets(), apps.Deployments(), apps.StatefulSets(), client, mapper, scales, client.Discovery())
		add(nil, func() { one.Run(ctx) })
	}
	{
		one, err := persistentvolume.NewController(ctx, persistentvolume.ControllerParameters{
			KubeClient: client, SyncPeriod: time.Second, VolumeInformer: core.PersistentVolumes(), ClaimInformer: core.PersistentVolumeClaims(), ClassInformer: shared.Storage().V1().StorageClasses(),
			PodInformer: core.Pods(), NodeInformer: core.Nodes(), EnableDynamicProvisioning: true,
		})
		add(err, func() { one.Run(ctx) })
	}
	{
		one, err := pvcprotection.NewPVCProtectionController(logger, core.PersistentVolumeClaims(), core.Pods(), client)
		add(err, func() { one.Run(ctx, 1) })
	}
	{
		one := pvprotection.NewPVProtectionController(logger, core.PersistentVolumes(), client)
		add(nil, func() { one.Run(ctx, 1) })
	}
	{
		run, err := quotaController(ctx, client, shared, both, started)
		add(err, run)
	}
	{
		graph := garbagecollector.NewDependencyGraphBuilder(ctx, bare, mapper, map[schema.GroupResource]struct{}{{Group: "", Resource: "events"}: {}, {Group: "events.k8s.io", Resource: "events"}: {}}, both, started)
		one, err := garbagecollector.NewComposedGarbageCollector(ctx, client, bare, mapper, graph)
		add(err, func() { one.Run(ctx, workers, 30*time.Second) })
		go func() { // a kind that a chart just defined is followed soon
			<-started
			one.Sync(ctx, client.Discovery(), 5*time.Second)
		}()
	}
	if failed != nil {
		return failed
	}
	shared.Start(ctx.Done())
	both.Start(ctx.Done())
	close(started)
	for _, run := range runs {
		go run()
	}
	return nil
}

func tokensController(logger klog.Logger, c *controlPlane, shared informers.SharedInformerFactory, client kubernetes.Interface) (*serviceaccount.TokensController, error) {
	key, err := keyutil.PrivateKeyFromFile(c.credentials.path("service-account.key"))
	if err != nil {
		return nil, err
	}
	generator, err := serviceaccounttokens.JWTTokenGenerator(serviceaccounttokens.LegacyIssuer, key)
	if err != nil {
		return nil, err
	}
	return serviceaccount.NewTokensController(logger, shared.Core().V1().ServiceAccounts(), shared.Core().V1().Secrets(), client, serviceaccount.TokensControllerOptions{TokenGenerator: generator, RootCA: c.credentials.caPEM})
}

func quotaController(ctx context.Context, client kubernetes.Interface, shared informers.SharedInformerFactory, both informerfactory.InformerFactory, started <-chan struct{}) (func(), error) {
	configuration, err := quota.NewQuotaConfigurationForControllers(generic.ListerFuncForResourceFunc(shared.ForResource), shared)
	if err != nil {
		return nil, err
	}
	var discover discovery.ServerResourcesInterface = client.Discovery()
	one, err := resourcequota.NewController(ctx, &resourcequota.ControllerOptions{
		QuotaClient: client.CoreV1(), ResourceQuotaInformer: shared.Core().V1().ResourceQuotas(), ResyncPeriod: pkgcontroller.StaticResyncPeriodFunc(5 * time.Minute), InformerFactory: both,
		ReplenishmentResyncPeriod: func() time.Duration { return 12 * time.Hour }, DiscoveryFunc: discover.ServerPreferredNamespacedResources, IgnoredResourcesFunc: configuration.IgnoredResources,
		InformersStarted: started, Registry: generic.NewRegistry(configuration.Evaluators()), UpdateFilter: quota.DefaultUpdateFilter(),
	})
	if err != nil {
		return nil, err
	}
	return func() {
		go one.Sync(ctx, discover.ServerPreferredNamespacedResources, 30*time.Second)
		one.Run(ctx, workers)
	}, nil
}
